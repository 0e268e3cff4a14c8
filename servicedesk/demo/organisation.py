"""What the demo organisation consists of: facts, no code."""

from dataclasses import dataclass, field

SITES = {
    "EHC": (
        "Wallfields, Hertford",
        "Charringtons House, Bishop's Stortford",
        "Buntingford Depot",
        "Castle Hall, Hertford",
    ),
    "SBC": (
        "Daneshill House, Stevenage",
        "Cavendish Road Depot, Stevenage",
        "Business Technology Centre, Stevenage",
    ),
}
ORGANISATIONS = {"EHC": ("East Herts", "eastherts.example"), "SBC": ("Stevenage", "stevenage.example")}
DEPARTMENTS = (
    "Benefits", "Building Control", "Communications", "Community Safety", "Customer Services",
    "Democratic Services",
    "Economic Development", "Elections", "Environmental Health", "Finance", "Housing", "Human Resources",
    "Legal",
    "Leisure", "Licensing", "Parking", "Planning", "Procurement", "Revenues", "Waste and Recycling",
)  # fmt: skip
JOBS = (
    "Officer", "Senior Officer", "Assistant", "Adviser", "Co-ordinator", "Inspector", "Analyst",
    "Administrator",
)  # fmt: skip
MEMBERS = "Members"


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """One desk: its teams, hours and tree of categories."""

    name: str
    slug: str
    short: str
    summary: str
    phone: str
    organisation: str | None
    teams: tuple[str, ...]
    agents: int
    hours: dict[str, list[str]]
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members_team: str | None = None


DESKS = (
    DeskPlan(
        "ICT", "ict", "ict", "Computers, telephones, systems and the network, for both councils.",
        "01279 502500", None,
        ("Service Desk", "Infrastructure", "Applications", "Members' Support"), 16,
        {"mon-fri": ["08:00-18:00"]},
        {
            "Hardware": ("Laptop", "Monitor", "Docking station", "Mobile phone", "Desk phone"),
            "Network": ("Wi-Fi", "Wired", "VPN", "Internet"),
            "Printing": ("Multi-function device", "Print queue", "Toner"),
            "E-mail and calendar": ("Outlook", "Shared mailbox", "Spam"),
            "Accounts and access": ("Password", "Locked account", "Permissions", "Starter or leaver"),
            "Applications": (
                "Housing system", "Revenues and benefits", "Planning system", "Finance system", "Office",
            ),
            "Files": ("Shared drive", "Restore", "Storage full"),
            "Security": ("Phishing", "Lost device"),
        },
        members_team="Members' Support",
    ),
    DeskPlan(
        "Print & Design", "print-design", "print", "Printing, copying, artwork and signs.",
        "01279 502510", None,
        ("Print Room", "Design Studio"), 4, {"mon-fri": ["08:30-17:00"]},
        {
            "Print": ("Leaflets", "Posters", "Business cards", "Reports", "Envelopes"),
            "Design": ("Artwork", "Branding", "Web graphics"),
            "Finishing": ("Binding", "Folding", "Lamination"),
            "Delivery": ("Late", "Wrong quantity"),
        },
    ),
    DeskPlan(
        "Facilities East Herts", "facilities-east-herts", "fm-ehc",
        "Buildings, rooms, heating and access in East Herts.",
        "01279 502520", "EHC", ("Help Point", "Building Services"), 5, {"mon-fri": ["07:30-18:00"]},
        {
            "Heating and cooling": ("Too cold", "Too hot", "Noise"),
            "Access": ("Access card", "Door", "Keys", "Parking"),
            "Rooms": ("Set-up", "Furniture", "Audio-visual"),
            "Cleaning": ("Spill", "Waste", "Washrooms"),
            "Repairs": ("Lighting", "Plumbing", "Lift", "Leak"),
        },
    ),
    DeskPlan(
        "Facilities Stevenage", "facilities-stevenage", "fm-sbc",
        "Buildings, rooms, heating and access in Stevenage.",
        "01438 242530", "SBC", ("Help Point", "Building Services"), 5, {"mon-fri": ["07:30-18:00"]},
        {
            "Heating and cooling": ("Too cold", "Too hot", "Noise"),
            "Access": ("Access card", "Door", "Keys", "Parking"),
            "Rooms": ("Set-up", "Furniture", "Audio-visual"),
            "Cleaning": ("Spill", "Waste", "Washrooms"),
            "Repairs": ("Lighting", "Plumbing", "Lift", "Leak"),
        },
    ),
)  # fmt: skip
