"""The table of all layer classes with what computes each; ``python -m`` this writes the page.

python -m weightview.calculator.table > docs/layers.md
"""

import inspect

from weightview.calculator.registry import layer_classes, operations, shape_rules

TENSORFLOW: dict[str, str] = {
    "AugMix": "image augmentation",
    "AutoContrast": "image augmentation",
    "CenterCrop": "image resizing",
    "ContrastLimitedAdaptiveHistogramEqualization": "image augmentation",
    "CutMix": "image augmentation",
    "Equalization": "image augmentation",
    "HashedCrossing": "hashing",
    "Hashing": "hashing",
    "IntegerLookup": "lookup in a vocabulary",
    "Lambda": "foreign code, never run",
    "MaxNumBoundingBoxes": "bounding boxes",
    "MelSpectrogram": "signal processing",
    "MixUp": "image augmentation",
    "Pipeline": "preprocessing",
    "RandAugment": "image augmentation",
    "RandomColorDegeneration": "image augmentation",
    "RandomColorJitter": "image augmentation",
    "RandomCrop": "image augmentation",
    "RandomElasticTransform": "image augmentation",
    "RandomErasing": "image augmentation",
    "RandomGaussianBlur": "image augmentation",
    "RandomGrayscale": "image augmentation",
    "RandomHue": "image augmentation",
    "RandomInvert": "image augmentation",
    "RandomPerspective": "image augmentation",
    "RandomPosterization": "image augmentation",
    "RandomSaturation": "image augmentation",
    "RandomSharpness": "image augmentation",
    "RandomShear": "image augmentation",
    "Resizing": "image resizing",
    "STFTSpectrogram": "signal processing",
    "Solarization": "image augmentation",
    "StringLookup": "text",
    "TFSMLayer": "another program's graph",
    "TextVectorization": "text",
    "TorchModuleWrapper": "another library's module",
    "JaxLayer": "another library's function",
    "FlaxLayer": "another library's module",
}
"""Layer classes of Keras 3 that are left to TensorFlow, with what they deal in."""

PARTS: dict[str, str] = {
    "GRUCell": "inside RNN",
    "LSTMCell": "inside RNN",
    "SimpleRNNCell": "inside RNN",
    "StackedRNNCells": "inside RNN",
    "Layer": "the base of all",
    "Wrapper": "the base of wrappers",
}
"""Classes that are computed as parts of others, or that nobody uses alone."""


NOT_A_NUMBER = (
    "## Not a number (NaN)",
    "",
    "In pooling and softmax a NaN makes NaN of every number that it takes part in. TensorFlow on a",
    "processor drops some, and the comparison then says that both differ:",
    "",
    "- MaxPooling1D, 2D and 3D: a NaN loses against every number in the same window;",
    "  GlobalMaxPooling keeps it, as here.",
    "- softmax: only some places of the row become NaN, and how many depends on how many numbers",
    "  the processor takes at once; here the whole row is NaN.",
)
"""Where a NaN goes on here and not in TensorFlow, as lines of the page."""


def page() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Which layers are computed how",
        "",
        "Written from the registry by `python -m weightview.calculator.table`.",
        "",
        "The calculator computes these itself, in stages, and each number can be derived:",
        "",
        "| class | what it does | shape known |",
        "|---|---|---|",
    ]
    shapes = shape_rules()
    for name, rule in sorted(layer_classes().items()):
        known = "yes" if name in shapes else "no"
        lines.append(f"| {name} | {_first_sentence(rule.function)} | {known} |")
    lines += ["", "These are computed as parts of others:", "", "| class | where |", "|---|---|"]
    lines += [f"| {name} | {where} |" for name, where in sorted(PARTS.items())]
    lines += [
        "",
        "These are left to TensorFlow, and the step says so:",
        "",
        "| class | what it deals in |",
        "|---|---|",
    ]
    lines += [f"| {name} | {what} |" for name, what in sorted(TENSORFLOW.items())]
    lines += [
        "",
        "Ops that may stand as nodes in a functional graph:",
        "",
        ", ".join(sorted(operations())) + ".",
        "",
        *NOT_A_NUMBER,
        "",
    ]
    return "\n".join(lines)


def _first_sentence(function: object) -> str:
    """Return the first sentence of a forward function's docstring, fit for a table's cell."""
    text = inspect.getdoc(function) or ""
    return text.partition("\n\n")[0].replace("\n", " ").replace("|", "\\|").rstrip(".")


def main() -> None:
    """Write the page to standard output."""
    import sys

    sys.stdout.write(page())


if __name__ == "__main__":
    main()
