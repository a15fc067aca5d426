const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Whole units, rounded down: `8 h`, `45 min`, `30 d`; `0 min` for the last minute. */
export const timeLeft = (expiresAt: number, now: number): string => {
  const leftMs = Math.max(expiresAt - now, 0)
  if (leftMs >= 2 * dayMs) return `${Math.floor(leftMs / dayMs)} d`
  if (leftMs >= 2 * hourMs) return `${Math.floor(leftMs / hourMs)} h`
  return `${Math.floor(leftMs / minuteMs)} min`
}
