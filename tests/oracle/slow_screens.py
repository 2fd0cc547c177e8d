"""Collusion screens of one tender at a time, with exact fractions wherever there is no root."""

from fractions import Fraction
from math import isnan, nan, sqrt


def screens(prices: list[float]) -> dict[str, float]:
    """Every screen of one tender's bids; NaN where it is not defined."""
    b = sorted(Fraction(price) for price in prices)
    n = len(b)
    found = dict.fromkeys(
        ("cv", "spd", "diffp", "diffp_distinct", "rd", "rdnor", "rdalt", "kurt", "skew", "kstest", "ks"),
        nan,
    )  # fmt: skip
    if n < 2:
        return found
    m = sum(b) / n
    variance = sum((x - m) ** 2 for x in b) / (n - 1)
    distinct = sorted(set(b))
    if m:
        found["cv"] = sqrt(variance) / float(m)
    if b[0]:
        found["spd"] = float((b[-1] - b[0]) / b[0])
        found["diffp"] = float((b[1] - b[0]) / b[0])
        if len(distinct) > 1:
            found["diffp_distinct"] = float((distinct[1] - distinct[0]) / b[0])
    if len(distinct) > 1:
        gaps = [b[i + 1] - b[i] for i in range(n - 1)]
        found["rdnor"] = float((b[1] - b[0]) / (sum(gaps) / (n - 1)))
        u = [(x - b[0]) / (b[-1] - b[0]) for x in b]
        found["kstest"] = float(
            max(max(Fraction(i + 1, n) - u[i], u[i] - Fraction(i, n)) for i in range(n))
        )
        s = sqrt(variance)
        x = [float(one) / s for one in b]
        above = max(x[i] - (i + 1) / (n + 1) for i in range(n))
        below = max((i + 1) / (n + 1) - x[i] for i in range(n))
        found["ks"] = max(above, below)
        if n >= 3:
            third = float(sum((one - m) ** 3 for one in b)) / s**3
            found["skew"] = n / ((n - 1) * (n - 2)) * third
        if n >= 4:
            fourth = float(sum((one - m) ** 4 for one in b) / variance**2)
            first = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth
            found["kurt"] = first - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    losing = b[1:]
    if n >= 3 and losing[-1] > losing[0]:
        middle = sum(losing) / (n - 1)
        sd = sqrt(sum((one - middle) ** 2 for one in losing) / (n - 2))
        found["rd"] = float(losing[0] - b[0]) / sd
        losing_gaps = [losing[i + 1] - losing[i] for i in range(n - 2)]
        found["rdalt"] = float((losing[0] - b[0]) / (sum(losing_gaps) / (n - 2)))
    return found


def peer_rank(
    values: list[float], markets: list[int], bands: list[int], minimum: int
) -> list[float]:
    """Share of the others of a market and band whose value is lower, one tender after the other."""
    found = []
    for i, value in enumerate(values):
        peers = [
            values[k]
            for k in range(len(values))
            if k != i and markets[k] == markets[i] and bands[k] == bands[i] and not isnan(values[k])
        ]
        known = not isnan(value) and markets[i] >= 0 and len(peers) >= max(minimum, 1)
        found.append(sum(peer < value for peer in peers) / len(peers) if known else nan)
    return found
