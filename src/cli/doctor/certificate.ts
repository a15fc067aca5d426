import { toConnectionError } from '../../upstreams/http/connection-errors.ts'
import type { Destination } from '../../upstreams/http/destination.ts'
import { type Finding, fail, ok, splitRemedy, warn } from './check.ts'
import type { EndpointProbe } from './probe-endpoint.ts'
import type { ShownCertificate } from './sockets.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Renewing one takes companies about as long. */
const soonDays = 14

const day = (date: Date): string => (Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10))

/** What to think of the endpoint's certificate. Whether it is trusted is for fetch to say. */
export const certificateFinding = (
  { issuer, subject, validTo, protocol, untrustedReason }: ShownCertificate,
  place: Destination,
  probe: EndpointProbe,
): Finding => {
  const daysLeft = Math.floor((validTo.getTime() - Date.now()) / dayMs)
  const data = { issuer, subject, protocol, validTo: day(validTo), daysLeft }
  const shown = `issued by ${issuer}`
  if (untrustedReason !== undefined && 'error' in probe) {
    const { detail, remedy } = splitRemedy(toConnectionError({ code: untrustedReason }, place).message)
    return fail(`${detail} It is ${shown}.`, remedy, data)
  }
  const sentence = `${shown}, valid until ${day(validTo)}, ${protocol}`
  if (daysLeft < soonDays)
    return warn(sentence, `It ends in ${daysLeft} days: tell whoever runs ${place.host} to renew it.`, data)
  return ok(sentence, data)
}
