"""The blueprint of pages that belong to no face: sign-in, health, one's own settings."""

from flask import Blueprint

web = Blueprint("web", __name__)
