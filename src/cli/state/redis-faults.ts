import type { StateAddress } from '../../config/state-address.ts'
import { stepMs } from './redis-socket.ts'

/** Why Redis cannot be used, and what helps. No message contains the login (OP-R6). */

export interface RedisFault {
  readonly problem: string
  readonly remedy: string
  /** Only a change of the settings helps; other faults may pass by themselves. */
  readonly isLasting: boolean
}

interface FaultRow {
  readonly codes: RegExp
  /** What `Redis at ADDRESS` does. */
  readonly does: (code: string, address: StateAddress) => string
  readonly remedy: string
  readonly isLasting?: boolean
}

const checkAddress = 'Check the host and the port in state.url.'
const tlsSchemes = 'begin state.url with rediss://'

/** The first match counts. */
const rows: readonly FaultRow[] = [
  {
    codes: /^(?:ENOTFOUND|ENODATA)$/,
    does: (_, { hostname }) => `cannot be found: there is no host ${hostname}`,
    remedy: checkAddress,
    isLasting: true,
  },
  {
    codes: /^ECONNREFUSED$/,
    does: () => 'refuses the connection',
    remedy: `Check that it runs. ${checkAddress}`,
  },
  {
    codes: /^ENOENT$/,
    does: (code) => `has no socket there (${code})`,
    remedy: 'Check that it runs. Check the path in state.url.',
  },
  {
    codes: /^EACCES$/,
    does: (code) => `may not be used by this user (${code})`,
    remedy: 'Give this user the right to write to the socket.',
    isLasting: true,
  },
  {
    codes: /^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/,
    does: (code) => `does not answer within ${stepMs / 1000} s (${code})`,
    remedy: `Check that it runs, and that no firewall is in between. With TLS, ${tlsSchemes}; without, with redis://.`,
  },
  {
    codes: /^(?:CLOSED|ECONNRESET|EPIPE)$/,
    does: () => 'closes the connection',
    remedy: `If it uses TLS, ${tlsSchemes}.`,
  },
  {
    codes: /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    does: (code) => `has a certificate that is expired or not yet valid (${code})`,
    remedy: "Check this machine's clock. If it is right, renew the certificate.",
    isLasting: true,
  },
  {
    codes: /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    does: (code) => `has a certificate for another name (${code})`,
    remedy: 'Use the name in the certificate in state.url.',
    isLasting: true,
  },
  {
    codes: /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/,
    does: (code) => `has a certificate that is not trusted (${code})`,
    remedy: 'Set NODE_EXTRA_CA_CERTS to the file with the certificate of its authority, and restart.',
    isLasting: true,
  },
  {
    codes: /^(?:EPROTO|ERR_SSL_.*)$/,
    does: (code) => `does not use TLS (${code})`,
    remedy: 'Begin state.url with redis://, or use the port for TLS.',
    isLasting: true,
  },
  { codes: /^NOT_REDIS$/, does: () => 'does not speak the protocol of Redis', remedy: checkAddress, isLasting: true },
  {
    codes: /^NOAUTH$/,
    does: () => 'requires a password',
    remedy: 'Write it into state.url: redis://user:password@host, or redis://:password@host.',
    isLasting: true,
  },
  {
    codes: /^WRONGPASS$/,
    does: () => 'refuses the user or the password',
    remedy: 'Check them in state.url. Percent-encode their special characters, such as @ as %40.',
    isLasting: true,
  },
  {
    codes: /^NOPERM$/,
    does: () => 'does not allow this user what the server needs',
    remedy: 'Give the user the rights that docs/operate.md lists under "Replicas".',
    isLasting: true,
  },
  {
    codes: /^NO_DATABASE$/,
    does: (_, { database }) => `has no database ${database}`,
    remedy: 'Change the number at the end of state.url, or leave it out.',
    isLasting: true,
  },
  {
    codes: /^(?:NOPROTO|NO_HELLO)$/,
    does: () => 'is too old',
    remedy: 'Use Redis 6 or newer, or Valkey.',
    isLasting: true,
  },
  {
    codes: /^NO_SCRIPTS$/,
    does: () => 'runs no scripts',
    remedy: 'Allow the commands EVAL and EVALSHA.',
    isLasting: true,
  },
  {
    codes: /^MOVED$/,
    does: () => 'is one node of a cluster',
    remedy: 'Use a Redis that is not part of a cluster, or a proxy in front of the cluster.',
    isLasting: true,
  },
  {
    codes: /^OOM$/,
    does: () => 'has no memory left (OOM)',
    remedy: 'Raise maxmemory, or remove other data.',
  },
  {
    codes: /^READONLY$/,
    does: () => 'is a replica, which cannot be written (READONLY)',
    remedy: 'Write the address of the primary into state.url.',
  },
  { codes: /^LOADING$/, does: () => 'still loads its data (LOADING)', remedy: 'Wait until it is ready.' },
]

export const toRedisFault = (code: string, address: StateAddress): RedisFault => {
  const row = rows.find(({ codes }) => codes.test(code))
  const does = row?.does(code, address) ?? `answers with an error (${code})`
  return {
    problem: `Redis at ${address.withoutLogin} ${does}.`,
    remedy: row?.remedy ?? 'Read the log of Redis.',
    isLasting: row?.isLasting ?? false,
  }
}
