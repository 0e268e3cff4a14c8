"""Names that are made up: first and last names are drawn apart, by a fixed seed."""

import random
from collections.abc import Iterator

FIRST = (
    "Ada Agnes Aisha Alan Alba Amara Amit Anna Anwen Arthur Asha Beatrix Ben Bronwen Callum Carys Chidi Clara "
    "Connor Daisy Dev Dora Edith Eilidh Elif Elsie Emeka Esme Fatima Fergus Finn Flora Freya Gareth George Greta "
    "Hamish Hana Harriet Hassan Hugo Ibrahim Imogen Ines Iris Isla Ivor Jack Jasmine Joan Jonas Josie Kamal Keira "
    "Kofi Lachlan Layla Lena Leo Lewis Lily Logan Lucia Mabel Maeve Malik Maria Martha Maya Mei Milo Mina Morag "
    "Nadia Nell Niamh Noah Nora Oisin Olive Omar Orla Oscar Otto Owen Petra Poppy Priya Rafi Rhys Rita Robin Rosa "
    "Rowan Ruby Sami Sanjay Saoirse Seren Silas Sofia Tamsin Tariq Tess Theo Tilda Uma Vera Victor Wren Xanthe "
    "Yara Yusuf Zara Zoe"
).split()
LAST = (
    "Abara Ainsley Aldous Amberley Ashdown Atherfold Bakewell Barrowby Beckworth Birchall Blackmoor Bramfield "
    "Brightwell Broadoak Burnley Byford Calderwood Cartmell Chadbourne Chowdry Claydon Coldwell Copplestone Craddock "
    "Dalby Danvers Dashwood Deepdale Draycott Duxbury Eastaugh Edgeworth Elmstead Everdale Fairburn Farrant Fenwick "
    "Foxley Garside Gillmoor Glenister Goswick Greenhalgh Hackwood Halden Harbottle Hartwell Hazeldine Hethersett "
    "Holloway Huxtable Iddesleigh Inskip Jessop Kelmarsh Kettleby Kingsnorth Lambourne Langstaff Lavenham Linacre "
    "Lockerby Lyndhurst Malpas Mansbridge Marchbank Merrow Millington Moorcroft Nairn Netherby Northcote Oakhanger "
    "Okafor Ormesby Padgett Pankhurst Pemberley Penhale Pickersgill Quarrington Radcliffe Ravenhill Redfern Ridley "
    "Rookwood Rushmere Saddler Sandiford Seagrave Shelford Silverdale Skelton Stanhope Stourton Swinbrook Tanfield "
    "Tattersall Thornbury Tilney Trelawney Underhill Uppingham Vashti Venables Wadham Wainfleet Walgrave Westerby "
    "Whitlock Wickham Winterbourne Wolstenholme Wraxall Yardley Yelland Zeller"
).split()


def draw_names(seed: int) -> Iterator[str]:
    """Yield names, none twice, always in the same order for a seed."""
    pairs = [f"{first} {last}" for first in FIRST for last in LAST]
    random.Random(seed).shuffle(pairs)  # noqa: S311 - made-up names, no secret
    yield from pairs
