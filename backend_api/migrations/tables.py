"""Every table, for Alembic and for `keys rotate`: importing the models registers them."""

from backend_api.access import models as _access
from backend_api.audit import models as _audit
from backend_api.cases import models as _cases
from backend_api.conversations import models as _conversations
from backend_api.core import canary as _canary
from backend_api.core.db import Base
from backend_api.drafts import models as _drafts
from backend_api.files import models as _files
from backend_api.handoff import models as _handoff
from backend_api.organisation import models as _organisation
from backend_api.people import models as _people
from backend_api.sites import models as _sites
from backend_api.turns import models as _turns

MODELS = (
    _access,
    _audit,
    _canary,
    _cases,
    _conversations,
    _drafts,
    _files,
    _handoff,
    _organisation,
    _people,
    _sites,
    _turns,
)
METADATA = Base.metadata
