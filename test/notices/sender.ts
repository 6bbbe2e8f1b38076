/** A node's delivery loop in a process of its own, for tests that kill it: Redis, SMTP server and lease as arguments. */
import { connectRedis } from '../../src/store/redis.ts'
import { postOffice } from './post-office.ts'

const [socket = '', smtpUrl = '', leaseMs = ''] = process.argv.slice(2)
postOffice(connectRedis(socket), { leaseMs: Number(leaseMs) })
  .deliver(smtpUrl)
  .wake()
