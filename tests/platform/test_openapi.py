import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.engine("sqlite")

# What comes here is signed instead.
SIGNED = {"/v1/carriers/{code}/events"}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def operations(document):
    verbs = {"get", "put", "post", "patch", "delete"}
    for path, item in document["paths"].items():
        for verb in verbs & item.keys():
            yield path, verb, item[verb]


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_of_a_room_is_valid_too(notes, client):
    document = client.get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert len(list(operations(document))) >= 5


def test_every_operation_needs_a_key(notes, document):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, _, operation in operations(document):
        needed = [{}] if path in SIGNED else [{"bearer": []}]
        assert operation.get("security", document["security"]) == needed


def test_every_operation_has_an_id_of_its_own_and_a_summary(notes, document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(operation["summary"] for _, _, operation in operations(document))


def test_every_operation_documents_its_errors_as_problems(notes, document):
    problem = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status"} <= set(problem["required"])
    for path, _, operation in operations(document):
        response = resolved(document, operation["responses"]["default"])
        schema = response["content"]["application/problem+json"]["schema"]
        assert schema["$ref"].endswith("/Problem"), path


def test_a_problem_may_have_more_members_than_those_listed(document):
    problem = document["components"]["schemas"]["Problem"]
    assert problem["additionalProperties"] is True
    assert {"present", "allowed", "candidates", "on_hand"} <= problem["properties"].keys()


def test_movements_document_the_answer_that_posts_nothing(document):
    assert {"200", "201"} <= document["paths"]["/v1/stock/movements"]["post"]["responses"].keys()


def test_every_path_is_under_v1(notes, document):
    assert {path.split("/")[1] for path, _, _ in operations(document)} == {"v1"}


def test_a_post_documents_its_idempotency_key_and_a_patch_its_if_match(notes, document):
    headers = {
        (path, verb): {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        for path, verb, operation in operations(document)
    }
    assert headers["/v1/notes", "post"] == {"Idempotency-Key"}
    assert headers["/v1/notes/{note_id}", "patch"] == {"If-Match"}


def resolved(document, value):
    while "$ref" in value:
        name = value["$ref"].removeprefix("#/").split("/")
        value = document
        for step in name:
            value = value[step]
    return value
