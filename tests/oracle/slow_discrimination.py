"""What a figure tells of labels: pair by pair, and case by case. Lower values are on the side."""


def roc_auc(values: list[float], labels: list[bool]) -> float:
    """Share of (labelled, other) pairs in which the labelled one is lower, a tie counting half."""
    pairs = [
        1.0 if one < other else 0.5 if one == other else 0.0
        for one, its in zip(values, labels, strict=True)
        if its
        for other, others in zip(values, labels, strict=True)
        if not others
    ]
    return sum(pairs) / len(pairs)


def pr_auc(values: list[float], labels: list[bool]) -> float:
    """Mean over labelled cases of the precision among all that are as low."""
    precisions = []
    for one, its in zip(values, labels, strict=True):
        if its:
            as_low = [lab for value, lab in zip(values, labels, strict=True) if value <= one]
            precisions.append(sum(as_low) / len(as_low))
    return sum(precisions) / len(precisions)


def tenth(values: list[float], labels: list[bool], *, lowest: bool) -> list[bool]:
    """Labels of the lowest or highest tenth, rounded up, and of all that tie with its last."""
    ordered = sorted(values, reverse=not lowest)
    last = ordered[-(-len(values) // 10) - 1]
    return [
        label
        for value, label in zip(values, labels, strict=True)
        if (value <= last if lowest else value >= last)
    ]


def balanced_accuracy(values: list[float], labels: list[bool]) -> float:
    """Mean share told right of labelled and of others, the lowest tenth being called labelled."""
    called = tenth(values, labels, lowest=True)
    labelled, others = sum(labels), len(labels) - sum(labels)
    right = others - (len(called) - sum(called))
    return (sum(called) / labelled + right / others) / 2
