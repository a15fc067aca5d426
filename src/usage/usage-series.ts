import { type LocalDay, localDays, localHoursOf, type SlotRange, slotStart } from './periods.ts'
import { addTo, type Groups, type ReportRun, readSums } from './report-run.ts'
import { noSums, toFigures } from './sums.ts'
import type { UsageSeries } from './usage-report.ts'

/** Figures at equal distances, for charts of at most about 200 points. */

const daySlots = 96
/** Ranges of up to so many days have a point for each slot, or for each hour. */
const [mostQuarterDays, mostHourDays] = [2, 8]

const stepOf = ({ from, until }: SlotRange): UsageSeries['step'] => {
  const days = (until - from) / daySlots
  if (days <= mostQuarterDays) return 'quarter'
  return days <= mostHourDays ? 'hour' : 'day'
}

/** Finds the first slot of the point that contains a slot. */
const pointsOf = (step: UsageSeries['step'], day: LocalDay, { zone, range }: ReportRun): ((slot: number) => number) => {
  if (step === 'day') return () => day.from
  if (step === 'quarter') return (slot) => slot
  const hourOf = localHoursOf(day, zone)
  return (slot) => Math.max(range.from, hourOf(slot).from)
}

/** Reads the range again, by slots. */
export const readSeries = async (run: ReportRun): Promise<UsageSeries> => {
  const step = stepOf(run.range)
  const columns = step === 'day' ? [] : (['slot'] as const)
  const groups: Groups<number> = new Map()
  for (const day of localDays(run.range, run.zone)) {
    const pointOf = pointsOf(step, day, run)
    for (let slot = day.from; slot < day.until; slot += 1) addTo(groups, pointOf(slot), noSums)
    for (const { values, sums } of readSums(run, day, columns)) addTo(groups, pointOf(Number(values[0])), sums)
    await run.pause()
  }
  const points = [...groups].map(([slot, sums]) => ({
    at: new Date(slotStart(slot)).toISOString(),
    ...toFigures(sums),
  }))
  return { step, points }
}
