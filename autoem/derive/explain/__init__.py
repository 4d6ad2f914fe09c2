"""The derivation as a textbook shows it: one layout, several writers.

    explain(derivation) -> Document        .text()  .latex()  .latex(standalone=True)

Readers build the layout from terms and quantities, and know no model by name; `text` and `latex`
write it.
"""

from autoem.derive.explain.document import Document as Document
from autoem.derive.explain.explanation import explain as explain
