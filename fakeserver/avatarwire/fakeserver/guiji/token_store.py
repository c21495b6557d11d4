"""Key pairs and the access tokens issued for them: who a caller is, and until when (GJ-E07).

Only this lives here; from where a token is taken out of a call, `http.py` says.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Literal

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.http import ErrorCode, TokenVO
from avatarwire.codecs.guiji.messages.times import parse_time
from avatarwire.fakeserver.guiji.errors import refused
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.snapshot import SavedToken
from avatarwire.fakeserver.http.rejected_tokens import RejectedTokens, SavedRejected
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import Resuming, indexed, of
from avatarwire.fakeserver.turn import Turn

__all__ = ["Tokens"]

_TOKEN_BYTES: Final = 64


@dataclass(slots=True)
class _Issued:
    """One token.

    Attributes:
        account: whose it is.
        until: epoch seconds at which it is no longer valid.
    """

    account: AccountFixture
    until: float


class Tokens:
    """Issues and checks tokens. Several of one account may be valid at the same time (GJ-E07).

    Args:
        scenario: whom to know, how long tokens live.
        turn: the time.
        zone: what the times of accounts are told in (GJ-E15).
        rng: where tokens come from.

    Raises:
        ScenarioError: a time of an account is none, or two accounts have the same id.
    """

    def __init__(self, scenario: GuijiScenario, turn: Turn, zone: tzinfo, rng: random.Random) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._rng: Final = rng
        self._issued: dict[bytes, _Issued] = {}
        self._rejected: Final = RejectedTokens(turn, kept=scenario.tokens_kept, crossing=scenario.crossing_seconds)
        self._accounts: Final[Mapping[str, AccountFixture]] = _by_id(scenario.accounts)
        self._valid: Final = {
            account.app_id: (
                _moment(account.start_time, zone, f"guiji.accounts[{at}].start_time"),
                _moment(account.end_time, zone, f"guiji.accounts[{at}].end_time"),
            )
            for at, account in enumerate(scenario.accounts)
        }

    def issue(self, app_id: str, app_secret: str) -> TokenVO:
        """A new token for a key pair.

        Raises:
            Refusal: 100503 for a wrong pair, 100504 before it is valid, 100505 after.
        """
        account = self._accounts.get(app_id)
        # An unknown id takes as long as a wrong secret.
        secret = self._scenario.accounts[0].app_secret if account is None else account.app_secret
        matches = hmac.compare_digest(_bytes(secret), _bytes(app_secret))
        if account is None or not matches:
            raise refused("appId or appSecret is wrong [GJ-R011]", ErrorCode.WRONG_SECRET)
        now = self._turn.now
        start, end = self._valid[app_id]
        if now < start:
            raise refused(f"valid from {account.start_time} on [GJ-R012]", ErrorCode.NOT_YET_VALID)
        if now >= end:
            raise refused(f"valid until {account.end_time} [GJ-R013]", ErrorCode.KEY_EXPIRED)
        self._forget(now)
        token = self._rng.randbytes(_TOKEN_BYTES).hex().upper()
        until = self._until(account, now)
        self._issued[_key(token)] = _Issued(account, until)
        return TokenVO(
            token=token,
            expiration_time=round(until - now),
            start_time=account.start_time,
            end_time=account.end_time,
            mqtt_user=account.mqtt_user or None,
            mqtt_password=account.mqtt_password or None,
        )

    def account_of(self, token: str) -> AccountFixture | None:
        """The account of a valid token, which does not live longer for being asked about (GJ-E07)."""
        issued = self._found(token)
        return None if issued is None else issued.account

    def validity(self, app_id: str) -> Literal["early", "late", "other"]:
        """Whether a key pair is not valid yet, or no more; ``other`` for one that is valid."""
        start, end = self._valid[app_id]
        now = self._turn.now
        return "early" if now < start else "late" if now >= end else "other"

    def reject(self, token: str, caller: str) -> Violation | None:
        """A token that is not valid was used.

        Args:
            token: the token.
            caller: the connection it came on.

        Returns:
            What is wrong with that where it was refused before: whoever knows needs a new one (GJ-R014). It may not
            be known yet on another connection.
        """
        level = self._rejected.reject(token, caller)
        if level is None:
            return None
        return Violation("GJ-R014", "token", "the token was refused before", "a new token", level)

    def renew(self, token: str) -> None:
        """A call with a token is let in, so that it lives anew from now on (GJ-R008); only one that is valid does."""
        issued = self._found(token)
        if issued is None:
            return
        issued.until = self._until(issued.account, self._turn.now)
        # The last used are the last to be forgotten.
        self._issued[_key(token)] = self._issued.pop(_key(token))

    def revoke(self, token: str) -> None:
        """Makes a token invalid; nothing happens to one that is."""
        self._issued.pop(_key(token), None)

    def expire(self, app_id: str) -> None:
        """Ends all tokens of an account; of all accounts for an empty id."""
        gone = [key for key, issued in self._issued.items() if app_id in ("", issued.account.app_id)]
        for key in gone:
            del self._issued[key]

    @property
    def accounts(self) -> Mapping[str, AccountFixture]:
        """Those that are known, by their ids."""
        return self._accounts

    def saved(self) -> tuple[list[SavedToken], list[SavedRejected]]:
        """Those that were issued, and those that were refused, for a snapshot."""
        issued = [SavedToken(hash=key, app_id=it.account.app_id, until=it.until) for key, it in self._issued.items()]
        return issued, self._rejected.saved()

    def restored(self, issued: list[SavedToken], rejected: list[SavedRejected], again: Resuming) -> None:
        """Takes those of a snapshot, each for as long as it was still valid.

        Raises:
            SnapshotError: no such account.
        """
        for path, it in indexed("state.tokens", issued):
            account = of(self._accounts, it.app_id, f"{path}.app_id", "account")
            self._issued[it.hash] = _Issued(account, again.at(it.until))
        self._rejected.restored(rejected, again)

    def _found(self, token: str) -> _Issued | None:
        issued = self._issued.get(_key(token))
        if issued is None or self._turn.now < issued.until:
            return issued
        self.revoke(token)
        return None

    def _until(self, account: AccountFixture, now: float) -> float:
        return min(now + self._scenario.token_seconds, self._valid[account.app_id][1])

    def _forget(self, now: float) -> None:
        """Makes room for one more token."""
        for key in [key for key, issued in self._issued.items() if issued.until <= now]:
            del self._issued[key]
        while len(self._issued) >= self._scenario.tokens_kept:
            del self._issued[next(iter(self._issued))]


def _by_id(accounts: tuple[AccountFixture, ...]) -> Mapping[str, AccountFixture]:
    known: dict[str, AccountFixture] = {}
    for at, account in enumerate(accounts):
        if account.app_id in known:
            raise ScenarioError("scenario", f"guiji.accounts[{at}].app_id", "listed twice")
        known[account.app_id] = account
    return known


def _moment(text: str, zone: tzinfo, path: str) -> float:
    try:
        return parse_time(text, zone).timestamp()
    except ValidationError as error:
        raise ScenarioError("scenario", path, error.reason) from None


def _key(token: str) -> bytes:
    """What a token is known by: finding a hash takes no longer for a token that is nearly right."""
    return hashlib.sha256(_bytes(token)).digest()


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
