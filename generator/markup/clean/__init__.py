"""HTML that was saved to HTML that is safe, in one canonical form: only the elements and attributes of `clean.ALLOWED`.

Saved HTML comes in, well formed or broken. What comes out says the same in paragraphs, quotes, lists, code, emphasis
and links. Two browsers that saved the same post give the same bytes, and cleaning twice is cleaning once.

- Headings become bold paragraphs, rows of tables become lines, `div` and its like end paragraphs.
- Pictures, films and what else is embedded become links with their words or their address. Small pictures that stand
  for words (emoji) become these words.
- A link that is relative to the page is made absolute if the page's address is known, else only its words stay. An
  address that says only ``//host`` gets https. Only the words stay of links to places in the page, and of links with
  schemes other than http, https and mailto.
- Scripts, styles, drawings (SVG), formulas in MathML, buttons, templates and comments go with their content.
- Spoilers are folded under a summary if they are blocks, else shown.

`tokens` reads, `blocks` writes; `elements` says what each element means. nh3 has the last word: it parses what was
written and lets nothing through that isn't in that list. All it ever finds to remove is addresses that are none, such
as ``http://[``, as tests show.
"""

from generator.markup.clean.blocks import escape_text
from generator.markup.clean.clean import clean_html

__all__ = ["clean_html", "escape_text"]
