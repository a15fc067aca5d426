import { UsageError } from '../../base/usage-error.ts'

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `24h` in milliseconds; 0 needs no unit. Throws UsageError. */
export const parseDuration = (text: string, where: string): number => {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smhdw]?)$/.exec(text.trim()) ?? []
  const count = Number(digits)
  const factor = unitMs[unit]
  if (digits !== '' && count === 0) return 0
  if (factor === undefined) throw new UsageError(`${where} must be a number and a unit, like 30m, 24h or 7d.`)
  return count * factor
}
