"""A small OpenID Connect provider over HTTP: discovery, authorisation code with PKCE, signed ID tokens, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Provider:
    """Whoever comes to `/authorise` is `subject`. What it says can be bent by `twist` (claims) and `signed_by`."""

    def __init__(self) -> None:
        self.key = self.signed_by = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.subject, self.client, self.secret = "zhang.wei", "genmai", "s3cret"
        self.twist: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path == "/authorise":
                    self.send_response(302)
                    self.send_header("Location", provider.authorise(parse_qs(asked.query)))
                    self.end_headers()
                else:
                    self._json(200, provider.document(asked.path))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._json(*provider.token({name: values[0] for name, values in form.items()}))

            def _json(self, status: int, body: object) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *words: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def document(self, path: str) -> object:
        if path == "/keys":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorise",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorise(self, asked: dict[str, list[str]]) -> str:
        given = {name: values[0] for name, values in asked.items()}
        code = hashlib.sha256(repr(sorted(given.items())).encode()).hexdigest()[:20]
        self.codes[code] = given
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, object]:
        given = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        right = given is not None and proof == given["code_challenge"] and given["redirect_uri"] == form["redirect_uri"]
        if given is None or not right or (form["client_id"], form["client_secret"]) != (self.client, self.secret):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.issuer, "aud": self.client, "sub": self.subject, "iat": now, "exp": now + 60}
        claims = {**said, "nonce": given["nonce"], **self.twist}
        token = jwt.encode(claims, self.signed_by, algorithm="RS256", headers={"kid": "1"})
        return 200, {"id_token": token, "token_type": "Bearer", "access_token": "x"}
