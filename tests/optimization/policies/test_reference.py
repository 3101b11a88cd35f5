"""Figures that textbooks and papers print, each with its source.

FoSCT: Snyder and Shen, Fundamentals of Supply Chain Theory (2nd edition, 2019). Chopra and Meindl:
Supply Chain Management. Zheng and Federgruen (1991), Operations Research 39: h = 1, p = 9, K = 64.
"""

import json

import pytest

from fulfillment.optimization.policies.cases import agree, solve

PRINTED = """
FoSCT, example 3.1
eoq fixed_cost=8 holding_cost=0.225 demand_rate=1300 -> Q=304.0467800264368
cost=68.41052550594829

FoSCT, example 3.8
eoq_backorders fixed_cost=8 holding_cost=0.225 stockout_cost=5 demand_rate=1300 ->
Q=310.81255515896464 stockout_fraction=0.0430622009569378 cost=66.92136355097325

FoSCT, problem 3.2b
eoq_backorders fixed_cost=40 holding_cost=40.05 stockout_cost=60 demand_rate=2080 ->
Q=83.23544812889804 stockout_fraction=0.4002998500749625 cost=1999.1482444152125

FoSCT, problem 3.22
epq fixed_cost=4 holding_cost=0.08 demand_rate=80 production_rate=110 -> Q=171.26976771553507
cost=3.7367949319753104

FoSCT, example 3.6
eoq_all_units_discount fixed_cost=8 holding_cost_rate=0.3 demand_rate=1300
breakpoints=[0,400,800] unit_costs=[0.75,0.72,0.68] -> Q=800 region=2 cost=978.6000000000001

FoSCT, example 3.7
eoq_incremental_discount fixed_cost=8 holding_cost_rate=0.3 demand_rate=1300
breakpoints=[0,400,800] unit_costs=[0.75,0.72,0.68] -> Q=304.0467800264368 region=0
cost=1043.4105255059483

FoSCT, problem 3.12a
eoq_all_units_discount fixed_cost=2250 holding_cost_rate=0.25 demand_rate=182500
breakpoints=[0,1200,2400] unit_costs=[1490,1220,1100] -> Q=2400 region=2 cost=201251093.75

FoSCT, example 3.9
wagner_whitin num_periods=4 holding_cost=2 fixed_cost=500 demand=[90,120,80,70] ->
order_quantities=[210,0,150,0] cost=1380.0

FoSCT, problem 3.27
wagner_whitin num_periods=4 holding_cost=0.8 fixed_cost=120 demand=[150,100,80,200] ->
order_quantities=[150,180,0,200] cost=424.0

FoSCT, problem 3.29
wagner_whitin num_periods=5 holding_cost=0.1 fixed_cost=100 demand=[730,580,445,650,880] ->
order_quantities=[1310,0,1095,0,880] cost=423.0

FoSCT, example 4.3
newsvendor_normal holding_cost=0.18 stockout_cost=0.7 demand_mean=50 demand_sd=8 ->
S=56.60395592743389 cost=1.9976051931766445

FoSCT, problem 4.1
newsvendor_normal holding_cost=43 stockout_cost=79 demand_mean=900 demand_sd=60 ->
S=922.7214038234755 cost=2718.196781782411

FoSCT, example 4.2
newsvendor_normal_profit revenue=1 purchase_cost=0.3 salvage_value=0.12 demand_mean=50
demand_sd=8 -> S=56.60395592743389 profit=33.002394806823354

FoSCT, example 4.7 (K=0)
newsvendor_poisson holding_cost=1 stockout_cost=4 demand_mean=6 -> S=8.0 cost=3.5701069457709376

FoSCT, problem 4.7b
newsvendor_discrete holding_cost=500000 stockout_cost=1000000
demand_pmf={"1":0.25,"2":0.05,"3":0.1,"4":0.2,"5":0.15,"6":0.1,"7":0.1,"8":0.05} -> S=5
cost=1225000.0

FoSCT, example 4.7
ss_exact_poisson holding_cost=1 stockout_cost=4 fixed_cost=5 demand_mean=6 -> s=4 S=10
cost=8.034111561471642

FoSCT, problem 4.31
ss_exact_poisson holding_cost=40 stockout_cost=125 fixed_cost=150 demand_mean=4 -> s=2 S=7
cost=223.5748295669688

FoSCT, example 4.8
ss_power_approximation holding_cost=0.18 stockout_cost=0.7 fixed_cost=2.5 demand_mean=50
demand_sd=8 -> s=40.19461695647407 S=74.29017010980579

FoSCT, problem 4.32
ss_power_approximation holding_cost=2 stockout_cost=36 fixed_cost=60 demand_mean=190 demand_sd=48
-> s=226.61379282228387 S=324.3797868133974

FoSCT, example 5.1
rq_eil holding_cost=0.225 stockout_cost=7.5 fixed_cost=8 demand_mean=1300 demand_sd=150
lead_time=0.08333333333333333 -> r=213.97044213580244 Q=318.5901810768729 cost=95.45114022285196

FoSCT, example 5.1
rq_eoqb holding_cost=0.225 stockout_cost=7.5 fixed_cost=8 demand_mean=1300 demand_sd=150
lead_time=0.08333333333333333 -> r=128.63781442427097 Q=308.5737801203754

FoSCT, example 5.1
rq_eoqss holding_cost=0.225 stockout_cost=7.5 fixed_cost=8 demand_mean=1300 demand_sd=150
lead_time=0.08333333333333333 -> r=190.3369965715624 Q=304.0467800264368

FoSCT, problem 5.1
rq_eoqb holding_cost=3.1 stockout_cost=45 fixed_cost=50 demand_mean=800 demand_sd=40
lead_time=0.010958904109589041 -> r=-1.9298221851002393 Q=166.085006519797

FoSCT, problem 5.1
rq_eoqss holding_cost=3.1 stockout_cost=45 fixed_cost=50 demand_mean=800 demand_sd=40
lead_time=0.010958904109589041 -> r=15.125515371852014 Q=160.64386578049977

FoSCT, problem 5.3
rq_eoqb holding_cost=0.21428571428571427 stockout_cost=40 fixed_cost=85 demand_mean=192
demand_sd=17.4 lead_time=3 -> r=609.0252058220594 Q=391.32595109448084

FoSCT, problem 5.3
rq_eoqss holding_cost=0.21428571428571427 stockout_cost=40 fixed_cost=85 demand_mean=192
demand_sd=17.4 lead_time=3 -> r=652.9638947041127 Q=390.281949364815

FoSCT, example 5.1
rq_cost holding_cost=0.225 stockout_cost=7.5 fixed_cost=8 demand_mean=1300 demand_sd=150
lead_time=0.08333333333333333 r=126.8 Q=328.5 -> cost=78.07116250928294

FoSCT, example 5.8
rq_exact_poisson holding_cost=20 stockout_cost=150 fixed_cost=100 demand_mean=1.5 lead_time=2 ->
r=3 Q=5 cost=107.92358063314975

Silver, Pyke and Peterson (1998), p. 428
joint_replenishment_silver shared_fixed_cost=40 individual_fixed_costs=[15,15,15,15]
holding_costs=[0.24,0.24,0.24,0.24] demand_rates=[86000,12500,1400,3000] ->
Q=[6550.912625995079,952.1675328481219,426.57105471595867,685.5606236506478]
T=0.07617340262784976 m=[1,1,4,3] cost=2067.650840930354

Chopra and Meindl, exercise 11-4 (HP at Sam's)
service_of_reorder_point mu=250 sd=150 L=2 ROP=600 Q=1000 -> ss=100 sigma_L=212.13203435596427
csl=0.6813240558830315 esc=43.86125881265186 fill_rate=0.9561387411873481

Chopra and Meindl, example 12-4 (Lego, Wal-Mart)
reorder_point_for_csl mu=2500 sd=500 L=2 CSL=0.9 -> z=1.2815515655446004 ss=906.1938024368233
ROP=5906.193802436823

Chopra and Meindl, example 12-5
safety_stock_for_fill_rate mu=2500 sd=500 L=2 Q=10000 fr=0.975 -> z=0.09432459102498798
ss=66.69755794641677

Chopra and Meindl, example 12-6 (Dell)
safety_stock_for_csl_uncertain_lead_time mu=2500 sd=500 L=7 sL=7 CSL=0.9 ->
sigma_L=17549.928774784243 ss=22491.138696520975

Chopra and Meindl, example 12-13 periodic
order_up_to_for_csl mu=2500 sd=500 L=2 T=4 CSL=0.9 -> sigma_TL=1224.744871391589
ss=1569.5737073246112 OUL=16569.573707324613

Russell and Taylor, I-75 Carpet
reorder_point_for_z mu=30 sd=5 L=10 z=1.65 -> ss=26.088790696389133 ROP=326.08879069638914

The standard normal at 0: 1/2 and 1 / sqrt(2 pi)
standard_normal_loss z=0 -> cdf=0.5 loss=0.3989422804014327
"""
# Mean demand of a period, s, S, and the cost as printed.
ZHENG_FEDERGRUEN = [
    (15, 10, 49, 42.698),
    (20, 14, 62, 49.173),
    (23, 17, 52, 52.757),
    (24, 18, 54, 53.518),
    (30, 23, 66, 57.819),
    (40, 33, 87, 64.512),
    (52, 44, 112, 72.246),
    (59, 51, 126, 76.679),
    (60, 52, 129, 77.306),
    (63, 54, 73, 78.287),
    (64, 55, 74, 78.402),
    (65, 56, 75, 78.518),
]


def values(words):
    """The figures in words like Q=304.5 m=[1,2]."""
    return {name: json.loads(value) for name, _, value in (word.partition("=") for word in words)}


@pytest.mark.parametrize("example", PRINTED.strip().split("\n\n"), ids=lambda e: e.split("\n")[0])
def test_a_printed_example_comes_out_to_six_digits(example):
    source, _, figures = example.partition("\n")
    given, printed = (part.split() for part in figures.split("->"))
    told, outputs = values(printed), solve(given[0], values(given[1:]))
    assert outputs.keys() == told.keys()
    wrong = {name: outputs[name] for name in told if not agree(outputs[name], told[name])}
    assert wrong == {}, source


@pytest.mark.parametrize(("mean", "low", "high", "cost"), ZHENG_FEDERGRUEN)
def test_the_paper_of_zheng_and_federgruen_comes_out_as_printed(mean, low, high, cost):
    inputs = {"holding_cost": 1, "stockout_cost": 9, "fixed_cost": 64, "demand_mean": mean}
    outputs = solve("ss_exact_poisson", inputs)
    assert (outputs["s"], outputs["S"], round(outputs["cost"], 3)) == (low, high, cost)
