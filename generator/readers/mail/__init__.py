"""Reads mail: mailboxes, archives of Pipermail, and single messages. `mail` is the reader."""
