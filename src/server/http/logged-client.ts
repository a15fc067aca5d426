import type { RequestFacts } from '../../gateway/request-record.ts'
import type { ClientConnection } from './client-address.ts'

/** What the log says about the client's machine and program, if the configuration wants that (OP-G2). */

export interface LoggedClientOptions {
  readonly clientIp: boolean
  readonly userAgent: boolean
}

/** The first product: the rest may say anything. */
const product = /^[!-~]{1,64}/

export type ReadLoggedClient = (headers: Headers, scope: Pick<ClientConnection, 'address'>) => RequestFacts

/** Undefined if nothing is logged. */
export const createReadLoggedClient = (logging: LoggedClientOptions): ReadLoggedClient | undefined => {
  const { clientIp, userAgent } = logging
  if (!clientIp && !userAgent) return undefined
  return (headers, { address }) => {
    const ip = clientIp ? address() : undefined
    const agent = userAgent ? product.exec(headers.get('user-agent') ?? '')?.[0] : undefined
    return { ...(ip !== undefined && { clientIp: ip }), ...(agent !== undefined && { userAgent: agent }) }
  }
}
