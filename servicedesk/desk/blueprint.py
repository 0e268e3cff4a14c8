"""The desk's blueprint."""

from flask import Blueprint

desk = Blueprint("desk", __name__, url_prefix="/desk")
