"""A file of cases, each a formula and its inputs, and the document that answers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from difflib import get_close_matches
from math import isclose, isfinite
from operator import attrgetter
from typing import Any

import numpy as np

from fulfillment.optimization.documents import Fault, Refused, Repeated, array, fits, parse, shown
from fulfillment.optimization.policies.catalogue import ARGUMENTS, FORMULAS
from fulfillment.optimization.policies.rules import number

DIGITS = 1e-6  # relative: six significant digits
CASE = ("function", "inputs", "expected")
PUBLISHED = 3  # decimals; a figure told with as many is one that a table has rounded


# The shapes of inputs and outputs, by formula.
SHAPES = {
    name: (make_dataclass("Inputs", formula.inputs), make_dataclass("Outputs", formula.outputs))
    for name, formula in FORMULAS.items()
}


@dataclass(frozen=True)
class Case:
    """One formula, the inputs it is given, and the outputs that somebody expects of it."""

    function: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any] | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)  # whatever else the file says of it


@dataclass(frozen=True)
class Answer:
    """The outputs of a case; `agrees` says whether they are the expected ones, if any were."""

    case: Case
    outputs: Mapping[str, Any]
    agrees: bool | None


def read(raw: bytes) -> tuple[Answer, ...]:
    """Read the cases of a file and answer them.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape and
    its values, or else those of cases that have no answer.
    """
    faults = list[Fault]()
    cases = [
        _case(f"[{i}]", entry, faults) for i, entry in enumerate(array(parse(raw), "", faults))
    ]
    if not faults:
        answers = [_answer(f"[{i}]", case, faults) for i, case in enumerate(cases) if case]
    if faults:
        raise Refused(faults)
    return tuple(answer for answer in answers if answer)


def answer_document(answers: tuple[Answer, ...]) -> list[dict[str, Any]]:
    """One object for each case, in their order: its labels, its function and its outputs."""
    document = []
    for answer in answers:
        entry = {**answer.case.labels, "function": answer.case.function, "outputs": answer.outputs}
        if answer.agrees is not None:
            entry["agrees"] = answer.agrees
        document.append(entry)
    return document


def solve(function: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a formula for inputs that its rules allow.

    Raises Fault where they do not go together, and ValueError or ArithmeticError where they have
    no answer, or none that is a number.
    """
    formula = FORMULAS[function]
    arguments = {ARGUMENTS.get(name, name): _argument(value) for name, value in inputs.items()}
    # What only underflows is 0, which is right.
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        result = formula.function(**arguments)
    outputs = {name: attrgetter(way)(result) for name, way in formula.outputs.items()}
    if not all(isfinite(value) for output in outputs.values() for value in _values(output)):
        raise OverflowError("an output is beyond all numbers")
    return outputs


def agree(ours: Any, told: Any) -> bool:
    """Whether a figure is the one expected: to six digits, or to as many as a table has printed."""
    if isinstance(told, list):
        return len(_values(ours)) == len(told) and all(map(agree, _values(ours), told))
    if type(told) not in (int, float) or len(_values(ours)) != 1:
        return False
    value = _values(ours)[0]
    decimals = re.fullmatch(r"-?\d+\.(\d+)", repr(told))
    rounded = decimals and len(decimals[1]) >= PUBLISHED and round(value, len(decimals[1])) == told
    return bool(rounded) or isclose(value, told, rel_tol=DIGITS, abs_tol=1e-12)


def _case(path: str, entry: object, faults: list[Fault]) -> Case | None:
    before = len(faults)
    if not isinstance(entry, dict):
        faults.append(Fault(path, f"must be an object, not {shown(entry)}"))
        return None
    if isinstance(entry, Repeated):
        faults.append(Fault(f"{path}.{entry.name}", "stands twice in one object"))
    told = {name: value for name, value in entry.items() if name in CASE}
    if fits(Case, told, path, faults):
        _check(path, told, faults)
    labels = {name: value for name, value in entry.items() if name not in CASE}
    return Case(**told, labels=labels) if len(faults) == before else None


def _check(path: str, entry: dict[str, Any], faults: list[Fault]) -> None:
    """Grow `faults` by what is wrong with the function, the inputs or the expectations."""
    formula = FORMULAS.get(entry["function"]) if isinstance(entry["function"], str) else None
    if formula is None:
        faults.append(Fault(f"{path}.function", _unknown(entry["function"])))
        return
    inputs, expected = SHAPES[entry["function"]]
    if fits(inputs, entry["inputs"], f"{path}.inputs", faults):
        for name, rule in formula.inputs.items():
            faults += rule(entry["inputs"][name], f"{path}.inputs.{name}")
    if entry.get("expected") is not None:
        some = frozenset(formula.outputs)
        fits(expected, entry["expected"], f"{path}.expected", faults, optional=some)


def _unknown(function: object) -> str:
    near = get_close_matches(function, FORMULAS, 1) if isinstance(function, str) else []
    hint = f"; perhaps {shown(near[0])}?" if near else ""
    return f"is unknown: {shown(function)}{hint}"


def _answer(path: str, case: Case, faults: list[Fault]) -> Answer | None:
    try:
        outputs = solve(case.function, case.inputs)
    except Fault as fault:
        name, message = fault.path, str(fault).removeprefix(fault.path).strip()
        faults.append(Fault(f"{path}.inputs.{name}", message))
    except (ValueError, ArithmeticError) as error:
        faults.append(Fault(f"{path}.inputs", f"have no answer: {error}"))
    else:
        told = case.expected
        agrees = None if told is None else all(agree(outputs[name], told[name]) for name in told)
        return Answer(case, outputs, agrees)
    return None


def _argument(value: Any) -> Any:
    """Names of an object are amounts in the maths."""
    return (
        {number(name): entry for name, entry in value.items()} if isinstance(value, dict) else value
    )


def _values(output: Any) -> tuple[Any, ...]:
    return output if isinstance(output, tuple) else (output,)
