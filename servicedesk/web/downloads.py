"""Files that people sent in: always handed out as downloads, never shown by us."""

from io import BytesIO

from flask import Response, send_file

from servicedesk.records.models import Attachment


def send_attachment(attachment: Attachment) -> Response:
    """Send a file so that no browser runs or shows it within our pages, whatever it contains."""
    response = send_file(
        BytesIO(attachment.content), attachment.media_type, as_attachment=True, download_name=attachment.name
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
