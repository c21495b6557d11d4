"""The user centre's memory: which access and refresh tokens there are, whose they are, and until when.

Only this lives here. What login, refresh and the endpoint for web pages say is in `centre.py`; from where a token is
taken out of a call, in `http.py`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from avatarwire.codecs.errors import SignatureError
from avatarwire.codecs.sensetime.auth.token_manager import WebToken
from avatarwire.codecs.sensetime.tokens import WEB_GUARANTEE, LoginRequest, TokenReply, check_login
from avatarwire.fakeserver.http.rejected_tokens import RejectedTokens
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.sensetime.errors import Failure, refused
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario
from avatarwire.fakeserver.sensetime.snapshot import SavedAccess, SavedGrant, SavedTokens
from avatarwire.fakeserver.snapshot import Resuming, indexed, of
from avatarwire.fakeserver.turn import Turn

__all__ = ["Tokens"]

_TOKEN_BYTES: Final = 32
_REJECTED_KEPT: Final = 1000
"""Tokens that were refused; the oldest are forgotten first."""
_GRANTS_KEPT: Final = 1000
"""Refresh tokens that an account may have; the oldest go first."""
_ENDLESS: Final = 10 * 365 * 86400
"""What a client is told of a refresh token that does not end, in seconds: its answer has the member all the same."""


@dataclass(frozen=True, slots=True)
class _Access:
    """One access token; times are epoch seconds."""

    text: str = field(repr=False)
    account: AccountFixture
    issued: float
    until: float


@dataclass(slots=True)
class _Grant:
    """One refresh token.

    Attributes:
        account: whose it is.
        until: epoch seconds at which it ends; None for never.
        access: the access token it was last used for.
    """

    account: AccountFixture
    until: float | None
    access: _Access


class Tokens:
    """Issues and checks tokens.

    An account has at most two valid access tokens: another one retires the oldest at once, whatever it was issued for
    (ST-TOK-02, ST-E103). Each account has one from the start.

    Args:
        scenario: whom to know, how long tokens live.
        turn: the time.
        rng: where tokens come from.

    Raises:
        ScenarioError: two accounts have the same id.
    """

    def __init__(self, scenario: SenseTimeScenario, turn: Turn, rng: random.Random) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._rng: Final = rng
        self._accounts: Final = _by_id(scenario.accounts)
        self._valid: Final[dict[str, list[_Access]]] = {app_id: [] for app_id in self._accounts}
        self._access: Final[dict[bytes, _Access]] = {}
        self._grants: Final[dict[str, dict[bytes, _Grant]]] = {app_id: {} for app_id in self._accounts}
        self._proxies: Final[dict[str, _Access]] = {}
        self._rejected: Final = RejectedTokens(turn, kept=_REJECTED_KEPT, crossing=scenario.crossing_seconds)
        for account in scenario.accounts:
            self._issue(account)

    # Login and refresh

    def login(self, request: LoginRequest) -> TokenReply:
        """The first tokens (observed in public clients, ST-E101).

        Raises:
            Refusal: an unknown app, a wrong signature, a login that is not of now.
        """
        account = self._accounts.get(request.app_id)
        # An unknown id takes as long as a wrong signature.
        key = self._scenario.accounts[0].app_key if account is None else account.app_key
        age = self._scenario.login_age_seconds
        try:
            if age is None:
                check_login(request, key)
            else:
                check_login(request, key, now=self._turn.now, max_age=age)
        except SignatureError as error:
            raise refused(
                f"sign: {error.reason} [{error.clause}]", Failure.LOGIN, Violation(error.clause, "sign", error.reason)
            ) from None
        if account is None:
            raise refused("appId: no such app [ST-E101]", Failure.LOGIN)
        access = self._issue(account)
        return self._told(access, self._grant(account, access))

    def refresh(self, app_id: str, refresh_token: str) -> TokenReply:
        """A new access token, once three hours have passed since the one before (ST-TOK-04, ST-E102).

        Raises:
            Refusal: an unknown app, a refresh token that is not valid, or a refresh that comes too early.
        """
        now = self._turn.now
        grants = self._grants.get(app_id, {})
        grant = grants.get(_key(refresh_token))
        if grant is None or (grant.until is not None and now >= grant.until):
            raise refused("the refresh token is unknown or no longer valid [ST-E104]", Failure.LOGIN)
        wait = grant.access.issued + self._scenario.refresh_seconds - now
        if wait > 0:
            if self._scenario.early_refresh == "repeat" and self._living(grant.access):
                return self._told(grant.access, refresh_token)
            raise refused(
                f"too early: the token before was issued less than {self._scenario.refresh_seconds:g} s ago, "
                f"wait another {wait:.0f} s [ST-TOK-04]",
                Failure.TOO_EARLY,
                Violation("ST-TOK-04", "", "a refresh within three hours of the token before"),
            )
        grant.access = self._issue(grant.account)
        if self._scenario.rotate_refresh_tokens:
            del grants[_key(refresh_token)]
            refresh_token = self._grant(grant.account, grant.access)
        return self._told(grant.access, refresh_token)

    def for_web(self, app_id: str = "") -> WebToken:
        """A token that a page may have: valid for another hour at least, and no refresh token (ST-TOK-03, ST-TOK-06).

        The proxy has a token of its own, which it replaces every 3.5 hours (ST-TOK-05). As the second one after it
        retires a token, it counts as good for twice that time (ST-E103).

        Args:
            app_id: whose; empty for the first account.

        Raises:
            Refusal: no such app, or the scenario's tokens do not live that long.
        """
        account = self._accounts.get(app_id) if app_id else self._scenario.accounts[0]
        if account is None:
            raise refused("appId: no such app [ST-E101]", Failure.LOGIN)
        now = self._turn.now
        access = self._proxies.get(account.app_id)
        every = self._scenario.proxy_refresh_seconds
        if (
            access is None
            or not self._living(access)
            or access.issued + every <= now
            or access.until - now < WEB_GUARANTEE
        ):
            access = self._proxies[account.app_id] = self._issue(account)
        left = min(access.until, access.issued + self._scenario.tokens_valid * every) - now
        if left < WEB_GUARANTEE:
            reason = f"tokens live for {left:.0f} s, a page needs one for another {WEB_GUARANTEE} s [ST-TOK-06]"
            raise refused(reason, Failure.LIMIT)
        return WebToken(access_token=access.text, expires_in=int(left))

    # Access tokens

    def account_of(self, token: str) -> AccountFixture | None:
        """The account of a valid access token; None for any other text."""
        access = self._access.get(_key(token))
        return access.account if access is not None and self._living(access) else None

    def reject(self, token: str, caller: str) -> Violation | None:
        """A token that is not valid was used.

        Args:
            token: the token.
            caller: the connection it came on.

        Returns:
            What is wrong with that where it was refused before: whoever knows needs a new one. No document says so, so
            that it is a warning; a note on another connection, where it may not be known yet.
        """
        level = self._rejected.reject(token, caller)
        if level is None:
            return None
        known: Level = "warning" if level == "error" else "note"
        return Violation("AW-ST-REFUSED-TOKEN", "", "the token was refused before", "a new token", known)

    def newest(self, app_id: str = "") -> str:
        """The newest valid access token of an account, of the first by default; a new one if there is none."""
        account = self._accounts[app_id] if app_id else self._scenario.accounts[0]
        self._forget(account)
        valid = self._valid[account.app_id]
        return (valid[-1] if valid else self._issue(account)).text

    def expire(self, app_id: str = "") -> None:
        """Ends all access tokens of an account, of all accounts by default; refresh tokens stay."""
        for known in [app_id] if app_id else list(self._valid):
            for access in self._valid[known]:
                del self._access[_key(access.text)]
            self._valid[known].clear()

    def _issue(self, account: AccountFixture) -> _Access:
        self._forget(account)
        now = self._turn.now
        access = _Access(self._new(), account, now, now + self._scenario.token_seconds)
        valid = self._valid[account.app_id]
        valid.append(access)
        self._access[_key(access.text)] = access
        while len(valid) > self._scenario.tokens_valid:
            del self._access[_key(valid.pop(0).text)]
        return access

    def _living(self, access: _Access) -> bool:
        return _key(access.text) in self._access and self._turn.now < access.until

    def _forget(self, account: AccountFixture) -> None:
        valid = self._valid[account.app_id]
        while valid and valid[0].until <= self._turn.now:
            del self._access[_key(valid.pop(0).text)]

    # Snapshots

    @property
    def accounts(self) -> Mapping[str, AccountFixture]:
        """Those that are known, by their ids."""
        return self._accounts

    def saved(self) -> SavedTokens:
        """All tokens, for a snapshot."""
        return SavedTokens(
            access=[_saved(it) for valid in self._valid.values() for it in valid],
            grants=[
                SavedGrant(hash=key, app_id=app_id, until=it.until, access=_saved(it.access))
                for app_id, grants in self._grants.items()
                for key, it in grants.items()
            ],
            proxies=[_saved(it) for it in self._proxies.values()],
            rejected=self._rejected.saved(),
        )

    def restored(self, saved: SavedTokens, again: Resuming) -> None:
        """Takes those of a snapshot in the place of its own, each for as long as it was still valid.

        Raises:
            SnapshotError: no such account.
        """

        def access(it: SavedAccess, path: str) -> _Access:
            account = of(self._accounts, it.app_id, f"{path}.app_id", "account")
            return _Access(it.text, account, again.at(it.issued), again.at(it.until))

        self._access.clear()
        for valid in self._valid.values():
            valid.clear()
        for path, it in indexed("state.tokens.access", saved.access):
            known = self._access[_key(it.text)] = access(it, path)
            self._valid[it.app_id].append(known)
        for path, grant in indexed("state.tokens.grants", saved.grants):
            account = of(self._accounts, grant.app_id, f"{path}.app_id", "account")
            used_for = access(grant.access, f"{path}.access")
            self._grants[account.app_id][grant.hash] = _Grant(account, again.maybe(grant.until), used_for)
        for path, it in indexed("state.tokens.proxies", saved.proxies):
            self._proxies[it.app_id] = access(it, path)
        self._rejected.restored(saved.rejected, again)

    # Refresh tokens

    def _grant(self, account: AccountFixture, access: _Access) -> str:
        grants = self._grants[account.app_id]
        while len(grants) >= _GRANTS_KEPT:
            del grants[next(iter(grants))]
        text = self._new()
        life = self._scenario.refresh_token_seconds
        grants[_key(text)] = _Grant(account, None if life is None else self._turn.now + life, access)
        return text

    def _told(self, access: _Access, refresh_token: str) -> TokenReply:
        now = self._turn.now
        grant = self._grants[access.account.app_id][_key(refresh_token)]
        return TokenReply(
            access_token=access.text,
            expires_in=int(access.until - now),
            refresh_token=refresh_token,
            refresh_token_expires_in=_ENDLESS if grant.until is None else int(grant.until - now),
        )

    def _new(self) -> str:
        return self._rng.randbytes(_TOKEN_BYTES).hex()


def _saved(access: _Access) -> SavedAccess:
    return SavedAccess(text=access.text, app_id=access.account.app_id, issued=access.issued, until=access.until)


def _by_id(accounts: tuple[AccountFixture, ...]) -> Mapping[str, AccountFixture]:
    known: dict[str, AccountFixture] = {}
    for at, account in enumerate(accounts):
        if account.app_id in known:
            raise ScenarioError("scenario", f"sensetime.accounts[{at}].app_id", "listed twice")
        known[account.app_id] = account
    return known


def _key(token: str) -> bytes:
    """What a token is known by: finding a hash takes no longer for a token that is nearly right."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
