"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.sign_in import messenger, passkeys, second, setting_up, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/second", second.second, name="sign_in_second"),
    path("sign-in/passkey/begin", passkeys.enter_begin, name="passkey_enter_begin"),
    path("sign-in/passkey/complete", passkeys.enter_complete, name="passkey_enter_complete"),
    path("sign-in/messenger", messenger.go, name="messenger"),
    path("sign-in/messenger/back", messenger.back, name="messenger_back"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("account", views.account, name="account"),
    path("account/second", setting_up.second_factor, name="second_factor"),
    path("account/second/begin", setting_up.begin, name="totp_begin"),
    path("account/second/confirm", setting_up.confirm, name="totp_confirm"),
    path("account/second/recovery", setting_up.recovery, name="recovery_codes"),
    path("account/second/<int:factor_id>/end", setting_up.end, name="factor_end"),
    path("account/passkey/begin", passkeys.add_begin, name="passkey_add_begin"),
    path("account/passkey/complete", passkeys.add_complete, name="passkey_add_complete"),
    path("account/messenger", messenger.tie, name="messenger_tie"),
    path("account/messenger/untie", messenger.untie, name="messenger_untie"),
]
