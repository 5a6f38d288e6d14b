"""What does each page show?

The `Links` of a site come in, its `Plan` goes out: every page as data, with a fingerprint of everything it shows. For
pages that are rendered, the view that their template sees goes out too. There is one module for each page kind. It says
what the template sees, how pages of the kind are listed, what they depend on, and how a view is made. `plan.KINDS` is
the table of kinds. No files, no templates.
"""

from generator.pages.author import AuthorContext, AuthorOutline, ThreadName, author_outlines, author_urls, thread_names
from generator.pages.data import thread_file
from generator.pages.page import Page
from generator.pages.plan import Plan, page_view, plan
from generator.pages.posts import telling_subjects
from generator.pages.saves import PublishedSave
from generator.pages.thread import ThreadContext, ThreadViews, thread_context

__all__ = [
    "AuthorContext",
    "AuthorOutline",
    "Page",
    "Plan",
    "PublishedSave",
    "ThreadContext",
    "ThreadName",
    "ThreadViews",
    "author_outlines",
    "author_urls",
    "page_view",
    "plan",
    "telling_subjects",
    "thread_context",
    "thread_file",
    "thread_names",
]
