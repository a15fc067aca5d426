import { type Finding, ok, skip, warn } from './check.ts'
import type { ClockReading } from './probe-endpoint.ts'

/**
 * Short-lived keys and certificates forgive minutes at most, and a log that is a minute off matches nobody
 * else's. Below that it may be the answer's own way, and a clock that tells whole seconds.
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

/** How far this machine's clock is from the one of whoever answered. */
export const clockFinding = (reading: ClockReading | undefined, platform: string): Finding => {
  if (reading === undefined) return skip('no answer told the time')
  const ahead = Math.round((reading.here - reading.there) / 1000)
  const seconds = Math.abs(ahead)
  if (seconds <= mostSkewSeconds) return ok(`within ${Math.max(seconds, 1)} s of AI Nexus's`, { skewSeconds: ahead })
  const detail = `${amount(seconds)} ${ahead > 0 ? 'ahead of' : 'behind'} AI Nexus's`
  return warn(detail, remedies[platform] ?? 'Set the clock.', { skewSeconds: ahead })
}
