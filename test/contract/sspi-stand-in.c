/* A stand-in for Windows' secur32.dll: seven of its functions with the signatures and layouts that sspi.h documents for 64 bits, written from that
 * documentation. It looks at what it is given, tells it line by line, and answers as it was told to. Its cipher is a toy. That the provider gets
 * along with it shows that its calls are as documented; it is no Windows, and nobody has run the provider's calls there. */
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef uint16_t WCHAR16;
typedef struct { uintptr_t dwLower, dwUpper; } SecHandle;
typedef struct { uint32_t cbBuffer, BufferType; void *pvBuffer; } SecBuffer;
typedef struct { uint32_t ulVersion, cBuffers; SecBuffer *pBuffers; } SecBufferDesc;
typedef struct { uint32_t cbMaxToken, cbMaxSignature, cbBlockSize, cbSecurityTrailer; } SecPkgContext_Sizes;
typedef struct {
  const WCHAR16 *User; uint32_t UserLength; const WCHAR16 *Domain; uint32_t DomainLength;
  const WCHAR16 *Password; uint32_t PasswordLength; uint32_t Flags;
} SEC_WINNT_AUTH_IDENTITY_W;

enum { OK = 0, CONTINUE = 0x00090312 };
#define SEC_E_INVALID_HANDLE 0x80090301u
#define SEC_E_MESSAGE_ALTERED 0x8009030Fu
enum { DATA = 1, TOKEN = 2, PADDING = 9, TRAILER = 60, MOST_TRAILER = 76, BLOCK = 16 };
enum { CREDENTIAL = 0, CONTEXT = 1 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char told[1 << 20];
static size_t toldBytes;
static uint32_t scripted[8];
static int scriptedCount;
static uint32_t granted, quality, delayMs, paddingBytes, legs, steps;
static uintptr_t live[2][512];
static uintptr_t last;
static uint32_t sealed, opened;

static void tell(const char *format, ...) {
  va_list values;
  va_start(values, format);
  int bytes = vsnprintf(told + toldBytes, sizeof told - toldBytes, format, values);
  va_end(values);
  if (bytes > 0 && toldBytes + bytes < sizeof told) toldBytes += bytes;
}

static void tellWide(const char *name, const WCHAR16 *text, long length) {
  if (text == NULL) { tell(" %s=null", name); return; }
  if (length < 0) for (length = 0; text[length] != 0; length++) {}
  tell(" %s=", name);
  for (long at = 0; at < length; at++) tell("%04x", text[at]);
}

static void tellBuffers(const SecBufferDesc *buffers) {
  if (buffers == NULL) { tell(" null"); return; }
  tell(" v%u", buffers->ulVersion);
  for (uint32_t at = 0; at < buffers->cBuffers; at++) tell(" %u:%u", buffers->pBuffers[at].BufferType, buffers->pBuffers[at].cbBuffer);
}

static uint32_t next(uint32_t otherwise) {
  if (scriptedCount == 0) return otherwise;
  uint32_t status = scripted[0];
  memmove(scripted, scripted + 1, sizeof scripted - sizeof scripted[0]);
  scriptedCount--;
  return status == 0xFFFFFFFFu ? otherwise : status;
}

/* All 64 bits of both words are used, so that a number that lost some is noticed. */
static SecHandle made(int kind) {
  uintptr_t word = 0xFEDCBA9800000001u + ++last;
  for (int at = 0; at < 512; at++) if (live[kind][at] == 0) { live[kind][at] = word; break; }
  return (SecHandle){ word, ~word };
}

static uintptr_t *found(int kind, const SecHandle *handle) {
  if (handle == NULL || handle->dwUpper != ~handle->dwLower) return NULL;
  for (int at = 0; at < 512; at++) if (live[kind][at] == handle->dwLower) return &live[kind][at];
  return NULL;
}

static uint32_t freed(const char *what, int kind, const SecHandle *handle) {
  pthread_mutex_lock(&lock);
  uintptr_t *place = found(kind, handle);
  tell("%s%s\n", what, place == NULL ? " of nothing" : "");
  if (place != NULL) *place = 0;
  pthread_mutex_unlock(&lock);
  return place == NULL ? SEC_E_INVALID_HANDLE : OK;
}

static void cipher(uint32_t number, uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) bytes[at] ^= (uint8_t)(0x5A + number * 31 + at * 7);
}

static void sign(uint32_t number, const uint8_t *bytes, uint32_t length, uint8_t *signature) {
  uint64_t sum = 14695981039346656037u + number;
  for (uint32_t at = 0; at < length; at++) sum = (sum ^ bytes[at]) * 1099511628211u;
  memset(signature, 0xC3, TRAILER);
  memcpy(signature, &sum, sizeof sum);
}

uint32_t AcquireCredentialsHandleW(const WCHAR16 *principal, const WCHAR16 *package, uint32_t use, void *logonId,
    const SEC_WINNT_AUTH_IDENTITY_W *identity, void *getKey, void *getKeyArgument, SecHandle *credential, int64_t *expiry) {
  pthread_mutex_lock(&lock);
  tell("Acquire");
  tellWide("principal", principal, -1);
  tellWide("package", package, -1);
  tell(" use=%u others=%d", use, logonId != NULL || getKey != NULL || getKeyArgument != NULL);
  if (identity == NULL) tell(" identity=null");
  else {
    tellWide("user", identity->User, identity->UserLength);
    tellWide("domain", identity->Domain, identity->DomainLength);
    tellWide("password", identity->Password, identity->PasswordLength);
    tell(" flags=%u", identity->Flags);
  }
  tell("\n");
  uint32_t status = next(OK);
  if (status == OK) { *credential = made(CREDENTIAL); *expiry = INT64_MAX; }
  pthread_mutex_unlock(&lock);
  return status;
}

uint32_t InitializeSecurityContextW(const SecHandle *credential, const SecHandle *context, const WCHAR16 *target, uint32_t flags, uint32_t reserved1,
    uint32_t representation, const SecBufferDesc *input, uint32_t reserved2, SecHandle *newContext, SecBufferDesc *output, uint32_t *attributes,
    int64_t *expiry) {
  if (delayMs > 0) usleep(delayMs * 1000);
  pthread_mutex_lock(&lock);
  int isKnown = found(CREDENTIAL, credential) != NULL && (context == NULL || found(CONTEXT, context) != NULL);
  tell("Initialize%s%s", isKnown ? "" : " of nothing", context == NULL ? " first" : " again");
  tellWide("target", target, -1);
  tell(" flags=%x reserved=%u representation=%x in", flags, reserved1 | reserved2, representation);
  tellBuffers(input);
  if (input != NULL) {
    uint64_t sum = 0;
    for (uint32_t at = 0; at < input->pBuffers[0].cbBuffer; at++) sum = sum * 31 + ((uint8_t *)input->pBuffers[0].pvBuffer)[at];
    tell(" sum=%llu", (unsigned long long)sum);
  }
  tell(" out");
  tellBuffers(output);
  tell("\n");
  steps = context == NULL ? 1 : steps + 1;
  uint32_t status = isKnown ? next(steps > legs ? OK : CONTINUE) : SEC_E_INVALID_HANDLE;
  if (status == OK || (status & 0x80000000u) == 0) {
    *newContext = context == NULL ? made(CONTEXT) : *context;
    SecBuffer *token = &output->pBuffers[0];
    token->cbBuffer = status == CONTINUE ? (uint32_t)sprintf(token->pvBuffer, "client token %u", steps) : 0;
    *attributes = granted;
    *expiry = INT64_MAX;
  }
  pthread_mutex_unlock(&lock);
  return status;
}

uint32_t QueryContextAttributesW(const SecHandle *context, uint32_t attribute, SecPkgContext_Sizes *sizes) {
  tell("Query attribute=%u%s\n", attribute, found(CONTEXT, context) == NULL ? " of nothing" : "");
  *sizes = (SecPkgContext_Sizes){ 48000, 64, BLOCK, MOST_TRAILER };
  return next(OK);
}

uint32_t EncryptMessage(const SecHandle *context, uint32_t asked, SecBufferDesc *message, uint32_t number) {
  tell("Encrypt%s quality=%u number=%u", found(CONTEXT, context) == NULL ? " of nothing" : "", asked, number);
  tellBuffers(message);
  tell("\n");
  uint32_t status = next(OK);
  if (status != OK) return status;
  SecBuffer *parts = message->pBuffers;
  sign(sealed, parts[1].pvBuffer, parts[1].cbBuffer, parts[0].pvBuffer);
  cipher(sealed++, parts[1].pvBuffer, parts[1].cbBuffer);
  parts[0].cbBuffer = TRAILER;
  parts[2].cbBuffer = paddingBytes;
  return OK;
}

uint32_t DecryptMessage(const SecHandle *context, SecBufferDesc *message, uint32_t number, uint32_t *qualityFound) {
  tell("Decrypt%s number=%u", found(CONTEXT, context) == NULL ? " of nothing" : "", number);
  tellBuffers(message);
  tell("\n");
  uint8_t signature[TRAILER];
  SecBuffer *parts = message->pBuffers;
  cipher(1000 + opened, parts[1].pvBuffer, parts[1].cbBuffer);
  sign(1000 + opened++, parts[1].pvBuffer, parts[1].cbBuffer, signature);
  *qualityFound = quality;
  int isSame = parts[0].cbBuffer == TRAILER && memcmp(signature, parts[0].pvBuffer, TRAILER) == 0;
  return next(isSame ? OK : SEC_E_MESSAGE_ALTERED);
}

uint32_t DeleteSecurityContext(const SecHandle *context) { return freed("Delete", CONTEXT, context); }
uint32_t FreeCredentialsHandle(const SecHandle *credential) { return freed("Free", CREDENTIAL, credential); }

/* What follows is for the test alone: it tells the stand-in what to do, plays the server's part of the cipher, and reads what was told. */
void StandInReset(uint32_t attributes, uint32_t tokens, uint32_t sleepMs, uint32_t padding, uint32_t qualityToFind) {
  granted = attributes, legs = tokens, delayMs = sleepMs, paddingBytes = padding, quality = qualityToFind;
  scriptedCount = 0, toldBytes = 0, sealed = 0, opened = 0, told[0] = 0;
}
void StandInAnswer(uint32_t status) { scripted[scriptedCount++] = status; }
const char *StandInTold(void) { toldBytes = 0; return told; }
uint32_t StandInLive(uint32_t kind) {
  uint32_t count = 0;
  for (int at = 0; at < 512; at++) count += live[kind][at] != 0;
  return count;
}
/* The server's: it opens what the client sealed as its `number`th message, and seals its own. */
uint32_t StandInOpen(uint32_t number, uint8_t *bytes, uint32_t length, const uint8_t *signature) {
  uint8_t expected[TRAILER];
  cipher(number, bytes, length);
  sign(number, bytes, length, expected);
  return memcmp(expected, signature, TRAILER) == 0;
}
void StandInSeal(uint32_t number, uint8_t *bytes, uint32_t length, uint8_t *signature) {
  sign(1000 + number, bytes, length, signature);
  cipher(1000 + number, bytes, length);
}
