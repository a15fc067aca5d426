import type { ArgsDef } from 'citty'
import { printableName } from '../../../base/printable-name.ts'
import { findTimeZone, localTimeZone } from '../../../base/time-zone.ts'
import { UsageError } from '../../../base/usage-error.ts'
import type { UsageFilter } from '../../../usage/usage-report.ts'
import { commonFlags, textFlag } from '../../parse/arguments.ts'
import { sourceFlags } from '../../parse/config-flags.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Clock } from './period.ts'

/** Flags that the `usage` commands share. */

export const fileFlags: ArgsDef = {
  file: {
    type: 'string',
    valueHint: 'file',
    description: 'Read this file instead of the configured one, such as a copy from another machine',
  },
  ...sourceFlags,
  ...commonFlags,
}

export const filterFlags: ArgsDef = {
  model: {
    type: 'string',
    valueHint: 'model',
    description: "Count only models whose names contain this text, in the upstream's spelling",
  },
  client: { type: 'string', valueHint: 'client', description: 'Count only this client' },
}

export const periodFlags = (since: string): ArgsDef => ({
  since: {
    type: 'string',
    valueHint: 'time',
    description: `Begin here: 7d (today and 6 days before it; also h and w), today, yesterday, 2026-11, 2026-11-01, "2026-11-01 14:30" (default ${since})`,
  },
  until: {
    type: 'string',
    valueHint: 'time',
    description: 'End after this day or month, or at this time (default now)',
  },
  ...timezoneFlag,
})

export const timezoneFlag: ArgsDef = {
  timezone: {
    type: 'string',
    valueHint: 'zone',
    description: "Use the days of this time zone, such as Europe/Berlin (default this machine's)",
  },
}

export const filterOf = (flags: Flags): UsageFilter => ({
  model: textFlag(flags, 'model'),
  client: textFlag(flags, 'client'),
})

/** Throws UsageError for an unknown zone. */
export const clockOf = (flags: Flags): Clock => {
  const name = textFlag(flags, 'timezone') ?? localTimeZone()
  const zone = findTimeZone(name)
  if (zone !== undefined) return { zone, now: Date.now() }
  throw new UsageError(`--timezone${printableName(name)} is not a time zone. Use a name such as Europe/Berlin or UTC.`)
}

/** Throws UsageError for a value that is not a whole number above 0. */
export const countFlag = (flags: Flags, name: string): number | undefined => {
  const given = textFlag(flags, name)
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw new UsageError(`--${name} must be a whole number from 1 to 999999999.`)
}
