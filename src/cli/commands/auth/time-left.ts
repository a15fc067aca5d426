const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Whole units, rounded down: `8 h`, `45 min`, `30 d`. Minutes are rounded, so that a new token of 8 h has 8 h left. */
export const timeLeft = (expiresAt: number, now: number): string => {
  const leftMs = Math.max(Math.round((expiresAt - now) / minuteMs), 0) * minuteMs
  if (leftMs >= 2 * dayMs) return `${Math.floor(leftMs / dayMs)} d`
  if (leftMs >= 2 * hourMs) return `${Math.floor(leftMs / hourMs)} h`
  return `${Math.floor(leftMs / minuteMs)} min`
}
