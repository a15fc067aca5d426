import { type Finding, ok, skip, warn } from './check.ts'
import type { ClockReading } from './probe-endpoint.ts'

/**
 * Short-lived keys and certificates allow a few minutes at most, and a log that is a minute off does not match other
 * logs. A smaller difference may come from the time in transit, and from dates in whole seconds.
 */
const mostSkewSeconds = 60
const minuteSeconds = 60

const amount = (seconds: number): string =>
  seconds < 2 * minuteSeconds ? `${seconds} s` : `${Math.round(seconds / minuteSeconds)} minutes`

const remedies: Readonly<Record<string, string>> = {
  win32: 'Set the clock: Settings, Time & language, Sync now; or w32tm /resync as administrator.',
  darwin: 'Set the clock: System Settings, General, Date & Time, set automatically.',
  linux: 'Set the clock: sudo timedatectl set-ntp true. In WSL: sudo hwclock -s, or wsl --shutdown on Windows.',
}

/** Compares this machine's clock with the clock of the server that answered. */
export const clockFinding = (reading: ClockReading | undefined, platform: string, server = 'AI Nexus'): Finding => {
  if (reading === undefined) return skip('no response has a date')
  const ahead = Math.round((reading.here - reading.there) / 1000)
  const seconds = Math.abs(ahead)
  if (seconds <= mostSkewSeconds)
    return ok(`within ${Math.max(seconds, 1)} s of ${server}'s clock`, { skewSeconds: ahead })
  const detail = `${amount(seconds)} ${ahead > 0 ? 'ahead of' : 'behind'} ${server}'s clock`
  return warn(detail, remedies[platform] ?? 'Set the clock.', { skewSeconds: ahead })
}
