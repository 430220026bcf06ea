"""How large a comparison is. Every row of the results says its n."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    name: str
    rounds: int  # of everything that has a peer, in alternating order
    seconds: float  # of each measured load
    warmup: float
    citizens: int
    budgets: int
    batch: int
    engine_awards: int  # of each of the four kinds of batches, rides and visits
    load_points: tuple  # parts of the highest rate of single awards
    stall_seconds: float
    growth_awards: int
    growth_seconds: float  # the growth stops at whichever comes first
    growth_slice: int
    memory_citizens: int
    memory_awards: int
    appends: int


FULL = Scale(name="full", rounds=3, seconds=10, warmup=2, citizens=1_000_000, budgets=100,
             batch=1_000, engine_awards=4_000_000,
             load_points=(0.1, 0.25, 0.5, 0.65, 0.8, 0.9, 0.95), stall_seconds=600,
             growth_awards=100_000_000, growth_seconds=7_200, growth_slice=1_000_000,
             memory_citizens=10_000_000, memory_awards=4_000_000, appends=1_000)
QUICK = Scale(name="quick", rounds=2, seconds=3, warmup=0.5, citizens=50_000, budgets=100,
              batch=1_000, engine_awards=200_000, load_points=(0.1, 0.25, 0.5, 0.75, 0.9),
              stall_seconds=15, growth_awards=2_000_000, growth_seconds=25, growth_slice=100_000,
              memory_citizens=300_000, memory_awards=300_000, appends=200)
SMOKE = Scale(name="smoke", rounds=1, seconds=0.3, warmup=0.1, citizens=500, budgets=2,
              batch=200, engine_awards=2_000, load_points=(0.5,), stall_seconds=0.5,
              growth_awards=3_000, growth_seconds=5, growth_slice=1_000, memory_citizens=1_000,
              memory_awards=1_000, appends=10)
