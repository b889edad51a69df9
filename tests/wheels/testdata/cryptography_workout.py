"""cryptography: Rust and OpenSSL; key derivation, signatures and ciphers release the GIL."""

import os

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from workout import in_threads


def refused(error, function, *arguments):
    try:
        function(*arguments)
    except error:
        return True
    return False


def work(number):
    message = b"message %d" % number
    key = PBKDF2HMAC(hashes.SHA256(), 32, b"salt", 20_000).derive(message)
    assert len(Scrypt(salt=b"salt", length=32, n=2**10, r=8, p=1).derive(message)) == 32

    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, message * 1000, b"data")
    assert AESGCM(key).decrypt(nonce, sealed, b"data") == message * 1000
    assert refused(InvalidTag, AESGCM(key).decrypt, nonce, sealed, b"other")

    curve = ec.generate_private_key(ec.SECP256R1())
    signature = curve.sign(message, ec.ECDSA(hashes.SHA256()))
    curve.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))
    assert refused(
        InvalidSignature, curve.public_key().verify, signature, b"x", ec.ECDSA(hashes.SHA256())
    )

    private = rsa.generate_private_key(65537, 2048)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert private.decrypt(private.public_key().encrypt(message, oaep), oaep) == message
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )
    assert serialization.load_pem_private_key(pem, b"password").key_size == 2048
    return number


assert in_threads(work) == [0, 1, 2, 3]
print("cryptography ok")
