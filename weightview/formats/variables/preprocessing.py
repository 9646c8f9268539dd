"""Variables of preprocessing layers."""

from weightview.formats.variables.table import Table, Variable, Variables

_SPECTROGRAM = ("frame", "channel", "frequency")

TABLE: Table = {
    "STFTSpectrogram": Variables(
        (
            Variable("real_kernel", _SPECTROGRAM, lambda c: c.get("mode") != "imag"),
            Variable("imag_kernel", _SPECTROGRAM, lambda c: c.get("mode") != "real"),
        )
    ),
}
