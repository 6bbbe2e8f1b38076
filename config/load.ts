/** Reads the environment: the only file that does. All mistakes are reported at once. */
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RawConfig, type Setting, schema } from './schema.ts'

/** The settings with everything that depends on others worked out. */
export interface Config
  extends Omit<
    RawConfig,
    'devSignIn' | 'nodeName' | 'mediaWorkerBin' | 'attachmentsDir' | 'callbackHours' | 'probeLog'
  > {
  readonly devSignIn: boolean
  readonly nodeName: string
  readonly mediaWorkerBin: string
  readonly attachmentsDir: string
  readonly probeLog: string
  readonly callbackHours: 'kept' | 'ignored'
  /** `/visavis`, or empty. */
  readonly pathPrefix: string
  /** Root of the checkout or container, for files that ship with it. */
  readonly root: string
}

/** One or more settings are wrong. The message has one line per mistake and never shows a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(`wrong settings:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`)
    this.mistakes = mistakes
  }
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** @throws ConfigError listing every mistake in `env`. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const mistakes: string[] = []
  const read = <T>(setting: Setting<T>): T => {
    const text = env[setting.env]
    if (text === undefined || text === '') return setting.default
    try {
      return setting.shape.parse(text)
    } catch {
      mistakes.push(`${setting.env}: ${seen(setting, text)}, expected ${setting.shape.expects}`)
      return setting.default
    }
  }
  const values = Object.fromEntries(
    Object.entries(schema).map(([name, setting]) => [name, read(setting as Setting<unknown>)]),
  ) as unknown as RawConfig

  const known = new Set<string>(Object.values(schema).map((setting) => setting.env))
  for (const name of Object.keys(env)) {
    if (name.startsWith('VISAVIS_') && !name.startsWith('VISAVIS_TEST_') && !known.has(name)) {
      mistakes.push(`${name}: there is no such setting${nearest(name, known)}`)
    }
  }

  const devSignIn = values.devSignIn ?? isLoopback(values.host)
  if (devSignIn && !isLoopback(values.host) && !values.devSignInPublic) {
    mistakes.push(
      `VISAVIS_DEV_SIGN_IN: is true while VISAVIS_HOST is not a loopback address, expected false, or VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS=true to let anybody be anybody`,
    )
  }
  mistakes.push(...pairMistakes(values, ['tlsCert', 'tlsKey'], 'a path'))
  mistakes.push(...mailMistakes(values))
  mistakes.push(...mediaMistakes(values))
  mistakes.push(...nodeMistakes(values))
  mistakes.push(...tokenMistakes(values, devSignIn, Boolean(env[schema.jwksUrl.env])))
  if (mistakes.length > 0) throw new ConfigError(mistakes)

  const dataDir = resolve(root, values.dataDir)
  return {
    ...values,
    devSignIn,
    dataDir,
    attachmentsDir: resolve(root, values.attachmentsDir ?? join(dataDir, 'attachments')),
    probeLog: resolve(root, values.probeLog ?? join(dataDir, 'probe')),
    callbackHours: values.callbackHours ?? (devSignIn ? 'ignored' : 'kept'),
    nodeName: values.nodeName ?? `${hostname()}-${process.pid}`,
    pathPrefix: values.pathPrefix === '/' ? '' : values.pathPrefix,
    tlsCert: values.tlsCert && resolve(root, values.tlsCert),
    tlsKey: values.tlsKey && resolve(root, values.tlsKey),
    capacityKeys: values.capacityKeys && resolve(root, values.capacityKeys),
    mediaWorkerBin: resolve(root, values.mediaWorkerBin ?? '.cache/mediasoup-worker'),
    root,
  }
}

/** A mail needs a sender, and has links. */
function mailMistakes({ smtpUrl, mailFrom, publicUrl }: RawConfig): string[] {
  if (smtpUrl === undefined) return []
  return [
    ...(mailFrom === undefined
      ? ['VISAVIS_MAIL_FROM: is not set, expected an address, for VISAVIS_SMTP_URL is set']
      : []),
    ...(publicUrl === undefined
      ? ['VISAVIS_PUBLIC_URL: is not set, expected the URL people use, for VISAVIS_SMTP_URL is set and mail has links']
      : []),
  ]
}

/** A page may connect to its own origin, and to those its server names. */
function nodeMistakes({ nodeUrl, nodeOrigins, publicUrl, redisUrl }: RawConfig): string[] {
  if (nodeUrl === undefined) return []
  const isOwn = publicUrl !== undefined && new URL(publicUrl).origin === new URL(nodeUrl).origin
  return [
    ...(redisUrl === undefined
      ? ['VISAVIS_NODE_URL: is set without REDIS_URL, expected the Redis that the nodes share']
      : []),
    ...(isOwn || nodeOrigins.length > 0
      ? []
      : [
          'VISAVIS_NODE_ORIGINS: is not set, expected the origins of all nodes, for VISAVIS_NODE_URL is of another origin',
        ]),
  ]
}

/** Browsers must be told addresses they can reach. */
function mediaMistakes(values: RawConfig): string[] {
  return [...listenMistakes(values), ...turnMistakes(values)]
}

/** TURN without credentials is refused by browsers, and a secret for nothing is one that went to the wrong place. */
function turnMistakes({ iceServers, turnSecret }: RawConfig): string[] {
  const turn = iceServers.find((url) => /^turns?:/.test(url))
  if (turn !== undefined && turnSecret === undefined)
    return [
      `VISAVIS_TURN_SECRET: is not set, expected the secret of the TURN server, for VISAVIS_ICE_SERVERS has ${turn}`,
    ]
  if (turn === undefined && turnSecret !== undefined)
    return ['VISAVIS_ICE_SERVERS: has no turn: URL, expected at least one, for VISAVIS_TURN_SECRET is set']
  return []
}

function listenMistakes({ mediaListenIps, mediaAnnouncedAddresses: announced }: RawConfig): string[] {
  const { env } = schema.mediaAnnouncedAddresses
  const anywhere = mediaListenIps.find((ip) => ip === '0.0.0.0' || ip === '::')
  if (announced === undefined && anywhere !== undefined)
    return [`${env}: is not set, expected the address to tell browsers, for media listens on ${anywhere}`]
  if (announced !== undefined && announced.length !== mediaListenIps.length)
    return [
      `${env}: ${announced.length} addresses, expected one for each of VISAVIS_MEDIA_LISTEN_IP (${mediaListenIps.length})`,
    ]
  return []
}

/** Two settings of which neither is of use without the other. */
function pairMistakes(
  values: RawConfig,
  [one, two]: readonly [keyof RawConfig, keyof RawConfig],
  expected: string,
): string[] {
  if ((values[one] === undefined) === (values[two] === undefined)) return []
  const [missing, other] = values[one] === undefined ? [one, two] : [two, one]
  return [`${schema[missing].env}: is not set, expected ${expected}, for ${schema[other].env} is set`]
}

/** Who signs tokens: with development sign-in off the identity provider and nobody else. */
function tokenMistakes(values: RawConfig, devSignIn: boolean, jwksUrlSet: boolean): string[] {
  const { jwksUrl, jwtSecret, jwksRefreshMs, jwksMaxStaleMs, tokenUrl, signInUrl } = values
  const mistakes: string[] = []
  if (!devSignIn && !jwksUrlSet) {
    mistakes.push(
      'VISAVIS_JWKS_URL: is not set, expected the URL of the identity provider’s keys while development sign-in is off',
    )
  }
  if (!devSignIn && jwtSecret !== undefined) {
    mistakes.push(
      'VISAVIS_JWT_SECRET: is set while development sign-in is off, expected to be unset: tokens are then signed with the keys at VISAVIS_JWKS_URL only',
    )
  }
  for (const [{ env }, url] of [
    [schema.jwksUrl, jwksUrl],
    [schema.tokenUrl, tokenUrl],
    [schema.signInUrl, signInUrl],
  ] as const) {
    if (url !== undefined && !isSecure(url))
      mistakes.push(`${env}: "${url.slice(0, 60)}", expected https, or http on a loopback address`)
  }
  mistakes.push(...pairMistakes(values, ['tokenUrl', 'signInUrl'], 'a URL'))
  if (jwksMaxStaleMs < jwksRefreshMs) {
    mistakes.push(
      `VISAVIS_JWKS_MAX_STALE_MS: ${jwksMaxStaleMs}, expected not less than VISAVIS_JWKS_REFRESH_MS (${jwksRefreshMs})`,
    )
  }
  return mistakes
}

/** Whoever could change the keys on their way could be anybody. */
function isSecure(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' }
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))
}

/** What was found, without showing a secret: its shape says enough to find the mistake. */
const seen = (setting: Setting<unknown>, text: string): string =>
  setting.secret ? `a text of ${text.length} characters (not shown)` : `"${text.slice(0, 60)}"`

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

function nearest(name: string, known: ReadonlySet<string>): string {
  const start = [...known].find((candidate) => candidate.startsWith(name) || name.startsWith(candidate))
  return start === undefined ? '' : `; perhaps ${start}`
}
