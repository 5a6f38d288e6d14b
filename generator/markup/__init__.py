"""How does a body become HTML? Saved bodies and addresses go in; HTML that is safe, whatever was saved, comes out.

::

    bodies -> plain       -> quotes, links, text    one module for each kind of markup
           -> story_links -> links, text            a story's [n] links
           -> commonmark  -> code, links, text      loaded for the first Markdown body
           -> html        -> code, links, text      of HTML that is clean
    folding -> plain                                the body of a mail
    clean -> html_tokens -> elements -> html_blocks HTML that was saved becomes clean HTML
    excerpts -> words                               the start of a body, and all of it, as plain text
    shown                                           the way back: the texts of a page

Apart from escaped text, nothing that was saved reaches a page any other way. What comes out is either `Markup`, which a
template leaves as it is, or a plain `str`, which a template escapes.

Everything here is pure. It takes time linear in the length of the text, even for text that was written to be slow, and
it nests elements to a fixed depth. It makes only the elements ``a abbr bdi blockquote br code del details div em hr ins
kbd li ol p pre q span strong sub summary sup ul`` and the attributes ``href rel title class start aria-label
data-originalurl data-versiondate``: no ids, no styles, no images, no scripts. It fetches nothing. The caller says which
post a quote is from.
"""

from generator.markup.bodies import post_html, story_html
from generator.markup.clean import clean_html
from generator.markup.excerpts import excerpt, summary
from generator.markup.folding import mail_html
from generator.markup.links import archived, is_safe, line_html
from generator.markup.quotes import Cite, Numbered
from generator.markup.shown import shown_texts, strings
from generator.markup.story_links import without_markers
from generator.markup.text import visible
from generator.markup.words import plain_text, replace_text

__all__ = [
    "Cite",
    "Numbered",
    "archived",
    "clean_html",
    "excerpt",
    "is_safe",
    "line_html",
    "mail_html",
    "plain_text",
    "post_html",
    "replace_text",
    "shown_texts",
    "story_html",
    "strings",
    "summary",
    "visible",
    "without_markers",
]
