"""The audit kinds of the directory."""

from servicedesk.core.audit import declare_kinds

declare_kinds(
    access_token__created=("made an access token", "scopes"),
    access_token__revoked=("revoked an access token", ""),
    desk__amended=("changed the desk", "fields"),
    desk__created=("added the desk", ""),
    group_route__set=("chose the team {team} of {desk}", "desk team"),
    organisation__amended=("changed the organisation", "fields"),
    organisation__created=("added the organisation", ""),
    person__amended=("changed the person", "fields"),
    person__created=("added the person", ""),
    person__deactivated=("made the person inactive", ""),
    person__mails_chosen=("chose which notices come by mail", "topic by_mail"),
    person__password_changed=("changed their password", ""),
    person__password_set=("set a first password", ""),
    person__reactivated=("made the person active again", ""),
    person__signed_in=("signed in", "method session"),
    person__sign_in_refused=("was refused a sign-in", "reason"),
    person__signed_out=("signed out", "session"),
    person_group__amended=("changed the group", "fields"),
    person_group__created=("added the group", ""),
    role_assignment__given=("gave a role", "role desk team person"),
    role_assignment__taken=("took a role away", "role desk team person"),
    sign_in_session__revoked=("ended a sign-in session", ""),
    site__amended=("changed the site", "fields"),
    site__created=("added the site", ""),
    team__amended=("changed the team", "fields"),
    team__created=("added the team", ""),
)
