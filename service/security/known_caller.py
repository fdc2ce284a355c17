"""What an endpoint asks for, to know who calls: whoever is not known never gets so far."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from trialsieve.service.security.caller import Caller
from trialsieve.service.state import state_of

# Only documents that a token is needed: the authenticator reads the header itself, and more strictly.
_documented = HTTPBearer(scheme_name="token", bearerFormat="JWT", auto_error=False)


async def authenticate(request: Request, _: Annotated[object, Depends(_documented)]) -> Caller:
    """The caller of a request; an `UnauthorizedError` where it is not known."""
    return await state_of(request).authenticator.caller(request)


CallerDependency = Annotated[Caller, Depends(authenticate)]
