/* random.c - streams of chance that follow from a seed and a name. */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195): one word of state,
 * every seed good. */
uint64_t
sim_bits(SimRandom *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

SimRandom
sim_random(uint64_t seed, const char *what)
{
    SimRandom random = {seed};
    for (; *what != '\0'; what++) {
        random.state = sim_bits(&random) ^ (uint64_t)(unsigned char)*what;
    }
    random.state = sim_bits(&random);
    return random;
}

double
sim_uniform(SimRandom *random, double lo, double hi)
{
    double unit = (double)(sim_bits(random) >> 11) / 9007199254740992.0; /* 2^53 */
    return lo + unit * (hi - lo);
}

double
sim_in(SimRandom *random, SimRange range)
{
    return sim_uniform(random, range.lo, range.hi);
}

double
sim_gauss(SimRandom *random)
{
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        sum += sim_uniform(random, 0, 1);
    }
    return CLAMP(sum - 6, -3, 3);
}

bool
sim_chance(SimRandom *random, double probability)
{
    return sim_uniform(random, 0, 1) < probability;
}

int
sim_pick(SimRandom *random, int n)
{
    return n <= 0 ? 0 : (int)(sim_bits(random) % (uint64_t)n);
}

LkCaseCode
sim_case_code(SimRandom *random, const char *region)
{
    char body[LK_CASE_CODE_LEN + 1];
    g_snprintf(body, sizeof body, "%.3s%010u00", region, 0u);
    for (int i = 3; i < 13; i++) {
        body[i] = (char)('0' + sim_pick(random, 10));
    }
    int check = 98 - lk_mod97(body); /* as in IBAN: base.h */
    LkCaseCode code;
    g_snprintf(code.text, sizeof code.text, "%.13s%02d", body, check);
    return code;
}

void
sim_serial(SimRandom *random, char serial[LK_SERIAL_LEN + 1])
{
    for (int i = 0; i < LK_SERIAL_LEN; i++) {
        serial[i] = lk_serial_alphabet[sim_pick(random, 32)];
    }
    serial[LK_SERIAL_LEN] = '\0';
}
