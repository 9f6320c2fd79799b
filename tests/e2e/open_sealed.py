"""A sealed file, opened by section 13 of FORMAT.md and libsodium alone: none of our code.  It shows that the document says
enough, and that the program does what it says.

    open_sealed.py PASSPHRASE IN OUT        exit status 1: the passphrase; 4: damage
"""
import ctypes
import ctypes.util
import hashlib
import sys

sodium = ctypes.CDLL(ctypes.util.find_library('sodium') or 'libsodium.so.23')
if sodium.sodium_init() < 0:
    sys.exit('libsodium does not start')
sodium.crypto_pwhash.argtypes = [ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p, ctypes.c_ulonglong,
                                 ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_size_t, ctypes.c_int]
pull_message = sodium.crypto_secretstream_xchacha20poly1305_pull
pull_message.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p,
                         ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p, ctypes.c_ulonglong]
MESSAGE, FINAL = 0, 3


class Damaged(Exception):
    pass


class Stream:
    def __init__(self, header, key, name):
        self.state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
        self.label = b'mimeo sealed 1 ' + name
        if sodium.crypto_secretstream_xchacha20poly1305_init_pull(self.state, header, key) != 0:
            raise Damaged

    def pull(self, sealed, last):
        plain = ctypes.create_string_buffer(max(1, len(sealed) - 17))
        tag = ctypes.c_ubyte(255)
        if pull_message(self.state, plain, None, ctypes.byref(tag), sealed, len(sealed), self.label, len(self.label)) != 0:
            raise Damaged
        if tag.value != (FINAL if last else MESSAGE):
            raise Damaged
        return plain.raw[:len(sealed) - 17]


def one(sealed, key, name):
    return Stream(sealed[:24], key, name).pull(sealed[24:], True)


def open_lock(lock, passphrase, name):
    derived = ctypes.create_string_buffer(64)
    if sodium.crypto_pwhash(derived, 64, passphrase, len(passphrase), lock[:16], 3, 64 << 20, 2) != 0:
        sys.exit('no memory')
    if derived.raw[32:] != lock[16:48]:
        raise Damaged
    return one(lock[48:], derived.raw[:32], name)


def padme(size):
    e = size.bit_length() - 1
    s = e.bit_length() - 1 + 1
    mask = (1 << (e - s)) - 1
    return (size + mask) & ~mask


def smallest(plain):
    streams, messages = -(-plain // 262144), -(-plain // 65536)
    return 291 + plain + 24 * streams + 17 * messages


def open_file(data, passphrase):
    try:
        key = open_lock(data[:121], passphrase, b'front')
    except Damaged:
        try:
            key = open_lock(data[-121:], passphrase, b'back')
        except Damaged:
            sys.exit(1)
    if padme(len(data)) != len(data):
        raise Damaged
    rest = len(data) - 291
    segments, left = divmod(rest, 262236)
    left = left - 24 if left > 24 else 0
    messages, last = divmod(left, 65553)
    padded = segments * 262144 + messages * 65536 + max(0, last - 17)
    out, at = [], 121
    for number in range(-(-padded // 262144)):
        here = min(262144, padded - number * 262144)
        stream = Stream(data[at:at + 24], key, b'segment ' + number.to_bytes(8, 'big'))
        at += 24
        for first in range(0, here, 65536):
            n = min(65536, here - first) + 17
            out.append(stream.pull(data[at:at + n], first + 65536 >= here))
            at += n
    end = one(data[at:-121], key, b'end')
    length = int.from_bytes(end[:8], 'big')
    plain = b''.join(out)
    if any(end[8:]) or len(end) - 8 > 41 or padme(smallest(length)) != len(data) or any(plain[length:]):
        raise Damaged
    return plain[:length]


with open(sys.argv[2], 'rb') as sealed_file:
    contents = sealed_file.read()
try:
    opened = open_file(contents, sys.argv[1].encode())
except Damaged:
    sys.exit(4)
with open(sys.argv[3], 'wb') as opened_file:
    opened_file.write(opened)
print(hashlib.blake2b(opened, digest_size=32).hexdigest())
