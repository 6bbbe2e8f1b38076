/** What browsers are told about our pages: whose scripts run, where they may connect, which devices they may use. */
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

export interface SecurityHeaderOptions {
  readonly publicUrl: string | undefined
  /** Of nodes: where the connections of rooms go. */
  readonly nodeOrigins: readonly string[]
  /** Where the pages ask for tokens. */
  readonly tokenUrl: string | undefined
  /** Whether the node itself serves TLS. */
  readonly tls: boolean
}

const yearSeconds = 365 * 24 * 60 * 60

/** Camera, microphone and screen for our own pages; the rest for nobody. */
const permissions = [
  ...['camera', 'microphone', 'display-capture'].map((feature) => `${feature}=(self)`),
  ...['geolocation', 'payment', 'usb', 'serial', 'hid', 'midi', 'accelerometer', 'gyroscope', 'magnetometer'].map(
    (feature) => `${feature}=()`,
  ),
].join(', ')

export async function addSecurityHeaders(
  server: FastifyInstance,
  { publicUrl, nodeOrigins, tokenUrl, tls }: SecurityHeaderOptions,
): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      // The defaults have upgrade-insecure-requests: over plain HTTP the browser would turn ws: into wss: and fail.
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        // 'self' covers the WebSocket of the page's own host.
        connectSrc: ["'self'", ...socketsOf(publicUrl), ...nodeOrigins, ...originOf(tokenUrl)],
        mediaSrc: ["'self'", 'blob:', 'mediastream:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    // A proxy with TLS adds this itself; over plain HTTP it would mean nothing.
    strictTransportSecurity: tls ? { maxAge: yearSeconds, includeSubDomains: false } : false,
  })
  server.addHook('onRequest', async (_request, reply) => {
    // Answers about people are nobody's to keep; the pages' own files say otherwise.
    void reply.headers({ 'permissions-policy': permissions, 'cache-control': 'no-store' })
  })
}

const originOf = (url: string | undefined): string[] => (url === undefined ? [] : [new URL(url).origin])

/** For browsers that do not count the WebSocket of a host as its own (Safari before 16). */
const socketsOf = (publicUrl: string | undefined): string[] =>
  publicUrl === undefined ? [] : [new URL(publicUrl).origin.replace(/^http/, 'ws')]
