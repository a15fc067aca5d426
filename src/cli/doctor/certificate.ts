import { toConnectionError } from '../../upstreams/http/connection-errors.ts'
import type { Destination } from '../../upstreams/http/destination.ts'
import { type Finding, fail, ok, splitRemedy, warn } from './check.ts'
import type { EndpointProbe } from './probe-endpoint.ts'
import type { ShownCertificate } from './sockets.ts'

const dayMs = 24 * 60 * 60 * 1000
/** A company may need this long to renew a certificate. */
const soonDays = 14

const day = (date: Date): string => (Number.isNaN(date.getTime()) ? 'an unknown date' : date.toISOString().slice(0, 10))

/** Judges the endpoint's certificate. Only the result of fetch decides whether it is trusted. */
export const certificateFinding = (
  { issuer, subject, validTo, protocol, untrustedReason }: ShownCertificate,
  destination: Destination,
  probe: EndpointProbe,
): Finding => {
  const daysLeft = Math.floor((validTo.getTime() - Date.now()) / dayMs)
  const data = { issuer, subject, protocol, validTo: day(validTo), daysLeft }
  const shown = `issued by ${issuer}`
  if (untrustedReason !== undefined && 'error' in probe) {
    const { detail, remedy } = splitRemedy(toConnectionError({ code: untrustedReason }, destination).message)
    return fail(`${detail} It is ${shown}.`, remedy, data)
  }
  const sentence = `${shown}, valid until ${day(validTo)}, ${protocol}`
  if (daysLeft < soonDays)
    return warn(
      sentence,
      `It expires in ${daysLeft} days: ask the administrator of ${destination.host} to renew it.`,
      data,
    )
  return ok(sentence, data)
}
