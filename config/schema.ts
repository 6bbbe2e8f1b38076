/** Every setting: its environment variable, shape, default and meaning. docs/settings.md is generated from this table. */

import { isIP } from 'node:net'

/** Turns the text of an environment variable into a value, or throws an Error that says what is expected. */
export interface Shape<T> {
  readonly expects: string
  readonly parse: (text: string) => T
}

export interface Setting<T> {
  readonly env: string
  readonly shape: Shape<T>
  readonly default: T
  readonly meaning: string
  /** Never printed: neither in errors nor at start. */
  readonly secret: boolean
}

const shape = <T>(expects: string, parse: (text: string) => T | undefined): Shape<T> => ({
  expects,
  parse: (text) => {
    const value = parse(text)
    if (value === undefined) throw new Error(`expected ${expects}`)
    return value
  },
})

const integer = (min: number, max: number, unit: string) =>
  shape(`a whole number from ${min} to ${max}${unit && ` (${unit})`}`, (text) => {
    if (!/^\d+$/.test(text)) return undefined
    const value = Number(text)
    return value >= min && value <= max ? value : undefined
  })

const string = (expects: string, pattern: RegExp) =>
  shape<string>(expects, (text) => (pattern.test(text) ? text : undefined))

const flag = shape<boolean>('"true" or "false"', (text) =>
  text === 'true' ? true : text === 'false' ? false : undefined,
)

const choice = <const V extends readonly string[]>(...values: V) =>
  shape<V[number]>(`one of ${values.join(', ')}`, (text) => values.find((value) => value === text))

const listOf = (expects: string, parse: (part: string) => string | undefined) =>
  shape<readonly string[]>(`${expects}, separated by commas`, (text) => {
    const parts = text.split(',').map((part) => parse(part.trim()))
    return parts.every((part) => part !== undefined) ? parts : undefined
  })

const items = (expects: string, pattern: RegExp) => listOf(expects, (part) => (pattern.test(part) ? part : undefined))

/** As a browser writes it: lower case, punycode, no default port. Nothing that looks like a pattern, for none is one. */
const origins = listOf('origins such as https://example.org, or "null"', (part) => {
  if (part === 'null') return part
  if (!/^https?:\/\/[^/?#@*\s]+\/?$/i.test(part) || !URL.canParse(part)) return undefined
  return new URL(part).origin
})

const socketSources = items('origins such as wss://*.nodes.example.org', /^wss?:\/\/(\*\.)?[A-Za-z0-9.-]+(:(\d+|\*))?$/)

const webAddress = string(
  'an https URL (http on a loopback address) without user',
  /^https?:\/\/[^\s/?#@]+([/?][^\s#]*)?$/,
)

/** A range of everybody is refused: then anybody could say where they come from. */
const proxies = listOf('IP addresses, ranges such as 10.0.0.0/8, or "loopback"', (part) => {
  if (part === 'loopback') return part
  const [ip = '', bits, more] = part.split('/')
  const version = isIP(ip)
  if (version === 0 || more !== undefined) return undefined
  if (bits === undefined) return part
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? part : undefined
})

const webUrl = shape<string>('an http or https URL without user and query', (text) => {
  if (!/^https?:\/\/[^\s?#@]+$/.test(text) || !URL.canParse(text)) return undefined
  return text
})

/** A setting without a default may be absent; one with a default never is. */
type Value<T, D> = D extends undefined ? T | undefined : T

const setting = <T, D extends T | undefined>(
  env: string,
  of: Shape<T>,
  byDefault: D,
  meaning: string,
): Setting<Value<T, D>> => ({
  env,
  shape: of as Shape<Value<T, D>>,
  default: byDefault as Value<T, D>,
  meaning,
  secret: false,
})

const secret = <T, D extends T | undefined>(env: string, of: Shape<T>, byDefault: D, meaning: string) => ({
  ...setting(env, of, byDefault, meaning),
  secret: true,
})

const smtpServer = shape<string>('an smtp:// or smtps:// URL, with at most ?tls=no behind the host', (text) => {
  if (!/^smtps?:\/\/[^\s/?#]+\/?(\?tls=no)?$/.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).hostname === '' ? undefined : text
})

/** The name is put into a header as it is. */
const mailbox = string(
  'an e-mail address, or a name and <address>',
  /^([^\p{C}<>@",;:\\()[\]]{1,100} <[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190}>|[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190})$/u,
)

const timeOfDay = string('a time such as 09:00', /^([01]\d|2[0-3]):[0-5]\d$/)

const path = string('a path', /^[^\0]+$/)
const address = string('an IP address or host name', /^[A-Za-z0-9:.-]+$/)

/** A name with a colon (https://example.org/role) is taken whole; in others dots part the steps. */
const claimName = string('a claim name', /^[A-Za-z0-9_@:/.-]{1,128}$/)

export const schema = {
  host: setting('VISAVIS_HOST', address, '127.0.0.1', 'Address on which HTTP and WebSocket listen.'),
  port: setting(
    'VISAVIS_PORT',
    integer(0, 65_535, 'TCP port; 0 picks a free one'),
    3000,
    'Port on which HTTP and WebSocket listen.',
  ),
  publicUrl: setting(
    'VISAVIS_PUBLIC_URL',
    webUrl,
    undefined,
    'The URL people use, when it differs from host and port (behind a proxy).',
  ),
  allowedOrigins: setting(
    'VISAVIS_ALLOWED_ORIGINS',
    origins,
    [],
    'Origins whose pages may connect, beside the node’s own: that of VISAVIS_PUBLIC_URL or, when unset, of the address asked.',
  ),
  pathPrefix: setting(
    'VISAVIS_PATH_PREFIX',
    string('a path such as /visavis', /^(\/|(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+)$/),
    '/',
    'Path under which everything is served: pages, REST, WebSocket, health. Unset when a proxy takes the prefix off.',
  ),
  tlsCert: setting(
    'VISAVIS_TLS_CERT',
    path,
    undefined,
    'PEM file of the certificate and its chain: the node then serves https and wss itself. Read again when it changes.',
  ),
  tlsKey: setting('VISAVIS_TLS_KEY', path, undefined, 'PEM file of the certificate’s private key.'),
  trustedProxies: setting(
    'VISAVIS_TRUSTED_PROXIES',
    proxies,
    [],
    'Proxies whose X-Forwarded-* headers are believed. Those of anybody else are ignored.',
  ),
  nodeName: setting(
    'VISAVIS_NODE_NAME',
    string('letters, digits, dots, dashes', /^[A-Za-z0-9.-]{1,64}$/),
    undefined,
    'Name of this node in logs and metrics; the host name and process id when unset.',
  ),
  nodeUrl: setting(
    'VISAVIS_NODE_URL',
    webUrl,
    undefined,
    'URL under which browsers reach this very node, where several share a Redis: the room of a talk is on one of them. Unset, the node holds rooms for its own people only.',
  ),
  nodeOrigins: setting(
    'VISAVIS_NODE_ORIGINS',
    socketSources,
    [],
    'Where pages may open connections to nodes, beside their own origin: ws or wss origins, * for the first label or the port.',
  ),
  logLevel: setting(
    'VISAVIS_LOG_LEVEL',
    choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Least severe level that is logged.',
  ),

  dataDir: setting(
    'VISAVIS_DATA_DIR',
    path,
    './data',
    'Folder of the embedded Redis and of generated secrets. One node owns it.',
  ),
  redisUrl: secret(
    'REDIS_URL',
    string('a redis://, rediss:// or unix:// URL', /^(rediss?|unix):\/\/\S+$/),
    undefined,
    'An external Redis 7 or Valkey. Unset: the node starts its own in the data folder.',
  ),
  redisServer: setting(
    'VISAVIS_REDIS_SERVER',
    path,
    undefined,
    'The redis-server or valkey-server program for the embedded Redis; searched on PATH when unset.',
  ),
  redisFsync: setting(
    'VISAVIS_REDIS_FSYNC',
    choice('always', 'everysec'),
    'always',
    'appendfsync of the embedded Redis. With "everysec" a power cut may lose the last second of acknowledged writes.',
  ),

  jwksUrl: setting(
    'VISAVIS_JWKS_URL',
    webAddress,
    undefined,
    'Where the identity provider publishes its keys (RS256, ES256, EdDSA). Needed while development sign-in is off.',
  ),
  tokenUrl: setting(
    'VISAVIS_TOKEN_URL',
    webAddress,
    undefined,
    'Where the agency’s own site answers {"token"} to whoever is signed in there, by its cookie, and 401 to anybody else. The pages take tokens from it (docs/operations.md).',
  ),
  signInUrl: setting(
    'VISAVIS_SIGN_IN_URL',
    webAddress,
    undefined,
    'The agency’s own sign-in page, to which the pages send whoever is not signed in; it comes back to the address in "return".',
  ),
  jwksRefreshMs: setting(
    'VISAVIS_JWKS_REFRESH_MS',
    integer(10_000, 86_400_000, 'ms'),
    300_000,
    'How long fetched keys are used before they are fetched again: the longest time a withdrawn key stays accepted.',
  ),
  jwksMaxStaleMs: setting(
    'VISAVIS_JWKS_MAX_STALE_MS',
    integer(10_000, 604_800_000, 'ms'),
    3_600_000,
    'How old keys may become while the identity provider does not answer; then tokens are answered UNAVAILABLE.',
  ),
  jwtSecret: secret(
    'VISAVIS_JWT_SECRET',
    string('at least 32 characters', /^.{32,}$/),
    undefined,
    'Secret of HS256 tokens, for development sign-in only. Unset: one is generated in the data folder.',
  ),
  jwtIssuer: setting('VISAVIS_JWT_ISSUER', string('text', /^\S+$/), 'visavis', 'The "iss" that tokens must carry.'),
  jwtAudience: setting('VISAVIS_JWT_AUDIENCE', string('text', /^\S+$/), 'visavis', 'The "aud" that tokens must carry.'),
  jwtClockSkewMs: setting(
    'VISAVIS_JWT_CLOCK_SKEW_MS',
    integer(0, 60_000, 'ms'),
    30_000,
    'Tolerated difference between the identity provider’s clock and this one.',
  ),
  jwtMaxLifetimeMs: setting(
    'VISAVIS_JWT_MAX_LIFETIME_MS',
    integer(60_000, 604_800_000, 'ms'),
    86_400_000,
    'Longest time from issue to expiry; a token that lives longer is refused.',
  ),
  claimPerson: setting('VISAVIS_CLAIM_PERSON', claimName, 'sub', 'The claim with the id of the person.'),
  claimRole: setting(
    'VISAVIS_CLAIM_ROLE',
    claimName,
    'role',
    'The claim with the role, or with a list that has exactly one of ours. Dots reach into nested claims: realm_access.roles.',
  ),
  claimName: setting('VISAVIS_CLAIM_NAME', claimName, 'name', 'The claim with the name others see.'),
  claimRegion: setting('VISAVIS_CLAIM_REGION', claimName, 'region', 'The claim with the region.'),
  devSignIn: setting(
    'VISAVIS_DEV_SIGN_IN',
    flag,
    undefined,
    'Sample people and a page to sign in as any of them. Default: on when host is a loopback address, else off.',
  ),
  devSignInPublic: setting(
    'VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS',
    flag,
    false,
    'Second key for development sign-in on an address that is not loopback. Anybody who reaches it can be anybody.',
  ),
  agencyToken: secret(
    'VISAVIS_AGENCY_TOKEN',
    string('at least 32 characters', /^.{32,}$/),
    undefined,
    'Bearer token of the agency’s systems for REST under /api. Unset: REST accepts supervisors’ tokens only.',
  ),

  sessionOpenTimeoutMs: setting(
    'VISAVIS_SESSION_OPEN_TIMEOUT_MS',
    integer(500, 60_000, 'ms'),
    5_000,
    'How long a connection may wait before session.open.',
  ),
  heartbeatMs: setting(
    'VISAVIS_HEARTBEAT_MS',
    integer(200, 120_000, 'ms'),
    15_000,
    'Interval of session.heartbeat; a connection silent for two of them is closed.',
  ),
  presenceGraceMs: setting(
    'VISAVIS_PRESENCE_GRACE_MS',
    integer(0, 600_000, 'ms'),
    20_000,
    'How long a session without a connection may be taken up again before its person counts as gone.',
  ),
  sessionsPerPerson: setting(
    'VISAVIS_SESSIONS_PER_PERSON',
    integer(1, 1_000, 'sessions'),
    5,
    'Devices and tabs of one person connected at the same time; session.open of a further one is answered RATE_LIMITED.',
  ),
  connectionsPerAddress: setting(
    'VISAVIS_CONNECTIONS_PER_ADDRESS',
    integer(1, 1_000_000, 'connections'),
    500,
    'Connections from one IP address; a further one is closed with 4004. Raise it where many people share an address.',
  ),
  opensPerSecond: setting(
    'VISAVIS_OPENS_PER_SECOND',
    integer(1, 100_000, 'sessions a second'),
    1_500,
    'Sessions taken in per second, and as many at once; the others wait up to 4 s, or are answered UNAVAILABLE with a time to come back.',
  ),
  requestsPerSecond: setting(
    'VISAVIS_REQUESTS_PER_SECOND',
    integer(1, 1_000_000, 'requests a second'),
    30,
    'Requests of one connection per second, by the cost that docs/protocol.md gives for each; more are answered RATE_LIMITED.',
  ),
  requestBurst: setting(
    'VISAVIS_REQUEST_BURST',
    integer(1, 10_000_000, 'requests'),
    200,
    'Requests of one connection that may be saved up for a burst.',
  ),
  maxFrameBytes: setting(
    'VISAVIS_MAX_FRAME_BYTES',
    integer(16_384, 1_048_576, 'bytes'),
    65_536,
    'Largest frame accepted from a client.',
  ),
  outboxBytes: setting(
    'VISAVIS_OUTBOX_BYTES',
    integer(65_536, 67_108_864, 'bytes'),
    1_048_576,
    'Bytes waiting for one slow client before its connection is closed.',
  ),
  outboxSoftBytes: setting(
    'VISAVIS_OUTBOX_SOFT_BYTES',
    integer(1_024, 67_108_864, 'bytes'),
    65_536,
    'Bytes waiting for one client from which on events of which only the newest matters (presence) are held back.',
  ),
  maxInFlight: setting(
    'VISAVIS_MAX_IN_FLIGHT',
    integer(1, 1_000, 'requests'),
    64,
    'Requests of one connection in work at the same time; more are answered RATE_LIMITED.',
  ),
  shutdownGraceMs: setting(
    'VISAVIS_SHUTDOWN_GRACE_MS',
    integer(0, 600_000, 'ms'),
    5_000,
    'On SIGTERM: time for requests in work to finish before connections are closed.',
  ),
  syntheticParticipants: setting(
    'VISAVIS_SYNTHETIC_PARTICIPANTS',
    flag,
    false,
    'Lets operators open synthetic participants for load benchmarks.',
  ),

  capacityKeys: setting(
    'VISAVIS_CAPACITY_KEYS',
    path,
    undefined,
    'File { "keys": [{ "x": … }] } of the Ed25519 keys whose certificates of capacity are believed. Without it none is.',
  ),

  auditRetentionDays: setting(
    'VISAVIS_AUDIT_RETENTION_DAYS',
    integer(1, 36_500, 'days'),
    400,
    'How long entries of the audit log are kept, at least; what is older goes with a later entry of the same region.',
  ),

  attendanceRetentionDays: setting(
    'VISAVIS_ATTENDANCE_RETENTION_DAYS',
    integer(1, 36_500, 'days'),
    1_095,
    'How long the attendance record of an appointment is kept after the appointment.',
  ),
  attendanceVerdictMs: setting(
    'VISAVIS_ATTENDANCE_VERDICT_MS',
    integer(0, 86_400_000, 'ms'),
    300_000,
    'How long after an appointment a verdict is proposed: what devices could not report is handed in first.',
  ),
  attendanceAwaitMs: setting(
    'VISAVIS_ATTENDANCE_AWAIT_MS',
    integer(0, 3_600_000, 'ms'),
    300_000,
    'How long after the beginning of an appointment (at most half of it) whoever is not there yet, and who waits for them, are told what happens next.',
  ),
  appointmentLeadMs: setting(
    'VISAVIS_APPOINTMENT_LEAD_MS',
    integer(0, 7_200_000, 'ms'),
    900_000,
    'How long before an appointment the pages lead both into its room.',
  ),
  workshopSeats: setting(
    'VISAVIS_WORKSHOP_SEATS',
    integer(1, 50, 'places'),
    50,
    'The most jobseekers a workshop can have. One media worker carries it: its cost grows with them times those who speak.',
  ),
  workshopSpeakers: setting(
    'VISAVIS_WORKSHOP_SPEAKERS',
    integer(1, 8, 'people'),
    4,
    'How many jobseekers may have the floor of a workshop at a time; everybody in it receives them all.',
  ),
  attendanceSealMs: setting(
    'VISAVIS_ATTENDANCE_SEAL_MS',
    integer(1_000, 86_400_000, 'ms'),
    3_600_000,
    'At least so often a node signs the head of an attendance record that grows.',
  ),
  attendanceSampleMs: setting(
    'VISAVIS_ATTENDANCE_SAMPLE_MS',
    integer(1_000, 600_000, 'ms'),
    60_000,
    'How often media and its quality go into the attendance record of a talk.',
  ),
  attendanceKeyDays: setting(
    'VISAVIS_ATTENDANCE_KEY_DAYS',
    integer(1, 3_650, 'days'),
    180,
    'How long a node signs with the same key. Its public keys stay published.',
  ),
  probeLog: setting(
    'VISAVIS_PROBE_LOG',
    path,
    undefined,
    'Folder with the logs of "visavis probe"; the folder "probe" of the data folder when unset. Without them the health of the service is unknown, and nobody is called absent.',
  ),

  attachmentsDir: setting(
    'VISAVIS_ATTACHMENTS_DIR',
    path,
    undefined,
    'Folder of the files that go with messages; several nodes need the same one. `attachments` in the data folder when unset.',
  ),
  attachmentBytes: setting(
    'VISAVIS_ATTACHMENT_BYTES',
    integer(1_024, 104_857_600, 'bytes'),
    10_485_760,
    'Largest file that may go with a message; a larger one is answered TOO_LARGE.',
  ),
  attachmentsPerHour: setting(
    'VISAVIS_ATTACHMENTS_PER_HOUR',
    integer(1, 10_000, 'files'),
    60,
    'Files that one person may begin to send in any hour; more are answered RATE_LIMITED.',
  ),
  attachmentLinkMs: setting(
    'VISAVIS_ATTACHMENT_LINK_MS',
    integer(10_000, 3_600_000, 'ms'),
    300_000,
    'How long a link to a file works.',
  ),
  clamav: setting(
    'VISAVIS_CLAMAV',
    string('host:port or the path of a unix socket', /^(\/[^\0]+|[A-Za-z0-9.-]+:\d{1,5}|\[[0-9A-Fa-f:.]+\]:\d{1,5})$/),
    undefined,
    'Where clamd listens: every file is scanned, and refused while it cannot be. Unset: files are not scanned.',
  ),

  messagesPerMinute: setting(
    'VISAVIS_CHAT_MESSAGES_PER_MINUTE',
    integer(0, 1_000_000, 'messages a minute; 0 for any number'),
    60,
    'Messages of one sender in one channel; more are answered RATE_LIMITED.',
  ),
  editWindowMs: setting(
    'VISAVIS_CHAT_EDIT_WINDOW_MS',
    integer(0, 31_536_000_000, 'ms; 0 for ever'),
    3_600_000,
    'How long after it was written a message may be edited by its author. It may be deleted at any time.',
  ),
  answerWithinMs: setting(
    'VISAVIS_CHAT_ANSWER_WITHIN_MS',
    integer(60_000, 31_536_000_000, 'ms'),
    259_200_000,
    'How soon a jobseeker is to have an answer: the clock that both sides see.',
  ),
  answerLeadMs: setting(
    'VISAVIS_CHAT_ANSWER_LEAD_MS',
    integer(0, 31_536_000_000, 'ms'),
    86_400_000,
    'How long before that time runs out whoever could answer and their supervisors are told; they are told again when it has.',
  ),

  unreadMailMs: setting(
    'VISAVIS_CHAT_UNREAD_MAIL_MS',
    integer(60_000, 31_536_000_000, 'ms'),
    900_000,
    'How long a message to a jobseeker who is not there stays unread before they are written to, where mail is on.',
  ),
  unreadMailAdvisorMs: setting(
    'VISAVIS_CHAT_UNREAD_MAIL_ADVISOR_MS',
    integer(60_000, 31_536_000_000, 'ms'),
    3_600_000,
    'The same for messages to an advisor, or whoever stands in.',
  ),

  callbackLeaseMs: setting(
    'VISAVIS_CALLBACK_LEASE_MS',
    integer(1_000, 600_000, 'ms'),
    30_000,
    'How long an offer waits for its advisor.',
  ),
  callbackHours: setting(
    'VISAVIS_CALLBACK_HOURS',
    choice('kept', 'ignored'),
    undefined,
    'Whether callbacks keep the opening hours and holidays of config/regions.json. Default: kept, but ignored with development sign-in.',
  ),

  smtpUrl: secret(
    'VISAVIS_SMTP_URL',
    smtpServer,
    undefined,
    'The server that takes mail: smtp:// (STARTTLS needed, except on this machine or with ?tls=no) or smtps://, with user and password. Unset: notices wait.',
  ),
  mailFrom: setting(
    'VISAVIS_MAIL_FROM',
    mailbox,
    undefined,
    'Whom mail comes from: address, or Name <address>. Needed with VISAVIS_SMTP_URL.',
  ),
  mailParallel: setting(
    'VISAVIS_MAIL_PARALLEL',
    integer(1, 50, 'mails'),
    4,
    'Mails of one node handed over at the same time, each on a connection of its own.',
  ),
  mailPerMinute: setting(
    'VISAVIS_MAIL_PER_MINUTE',
    integer(1, 100_000, 'mails a minute'),
    120,
    'Mails that one node hands over in any minute; the others wait.',
  ),
  mailDailyAt: setting(
    'VISAVIS_MAIL_DAILY_AT',
    timeOfDay,
    '09:00',
    'When daily notices go out, on the clocks of each region.',
  ),
  mailRetryDays: setting(
    'VISAVIS_MAIL_RETRY_DAYS',
    integer(1, 14, 'days'),
    3,
    'How long a mail is tried while the server cannot be reached or says "not now", and how late one that is not official may come.',
  ),
  noticeRetentionDays: setting(
    'VISAVIS_NOTICE_RETENTION_DAYS',
    integer(15, 36_500, 'days'),
    400,
    'How long the record of a notice (when, to whom, what the server answered; no content) is kept after its last change.',
  ),

  lobbies: setting(
    'VISAVIS_LOBBIES',
    choice('open', 'kept'),
    'open',
    'open: a jobseeker may enter their room at once. kept: once the advisor has admitted them from the lobby. Third persons always wait.',
  ),
  testCalls: setting(
    'VISAVIS_TEST_CALLS',
    integer(0, 1_000, ''),
    16,
    'Test calls of device checks that a node carries at a time; further ones wait. Each is a stream of at most 2 Mbit/s, for some 15 s.',
  ),
  lobbyKeepMs: setting(
    'VISAVIS_LOBBY_KEEP_MS',
    integer(1_000, 86_400_000, 'ms'),
    15 * 60_000,
    'How long the place in a lobby of somebody who is offline is kept for them.',
  ),

  mediaWorkers: setting(
    'VISAVIS_MEDIA_WORKERS',
    integer(1, 256, 'processes'),
    undefined,
    'mediasoup workers. Default: one per core.',
  ),
  mediaWorkerBin: setting(
    'VISAVIS_MEDIASOUP_WORKER_BIN',
    path,
    undefined,
    'The mediasoup-worker program; .cache/mediasoup-worker, made by set-up, when unset.',
  ),
  mediaListenIps: setting(
    'VISAVIS_MEDIA_LISTEN_IP',
    listOf('IP addresses', (part) => (isIP(part) === 0 ? undefined : part)),
    ['127.0.0.1'],
    'Addresses on which media is received, IPv4 and IPv6, for example 0.0.0.0,::',
  ),
  mediaAnnouncedAddresses: setting(
    'VISAVIS_MEDIA_ANNOUNCED_ADDRESS',
    items('IP addresses or host names', /^[A-Za-z0-9:.-]+$/),
    undefined,
    'Addresses told to browsers, one for each listening address, in their order, when they differ (NAT).',
  ),
  mediaBasePort: setting(
    'VISAVIS_MEDIA_BASE_PORT',
    integer(0, 65_000, 'port; 0 picks free ones'),
    0,
    'First media port; worker number n uses base + n, UDP and TCP.',
  ),
  iceServers: setting(
    'VISAVIS_ICE_SERVERS',
    items('stun: or turn: URLs', /^(stun|turns?):[^\s,]+$/),
    [],
    'STUN and TURN servers told to browsers, for example turn:turn.example.org:3478?transport=udp. TURN needs VISAVIS_TURN_SECRET.',
  ),
  turnSecret: secret(
    'VISAVIS_TURN_SECRET',
    string('at least 16 characters', /^.{16,}$/),
    undefined,
    'Secret shared with the TURN servers (static-auth-secret of coturn), from which credentials are made that live minutes.',
  ),
  turnCredentialMs: setting(
    'VISAVIS_TURN_CREDENTIAL_MS',
    integer(10_000, 86_400_000, 'ms'),
    600_000,
    'How long TURN credentials are good for new relays. One that is in use goes on.',
  ),
} satisfies Record<string, Setting<never> | Setting<unknown>>

export type SettingName = keyof typeof schema
type ValueOf<S> = S extends Setting<infer T> ? T : never
export type RawConfig = { readonly [K in SettingName]: ValueOf<(typeof schema)[K]> }
