import { createLogger, type LogFields } from '../../base/logger.ts'
import { type JsonFormat, jsonFormatOf } from '../../gateway/log/json-line.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { createLogSink } from './log-sink.ts'

/** Writes a command's messages as JSON log records, so that standard error contains only JSON. */

const jsonLog = (format: JsonFormat, { err: write }: Pick<Io, 'err'>) =>
  createLogger('info', createLogSink({ format, file: undefined, color: false, write, now: () => new Date() }))

/** Returns an `Io` that writes each message to standard error as a record. */
export const inJson = (format: JsonFormat, io: Io): Io => {
  const log = jsonLog(format, io)
  return {
    ...io,
    // No layout and no colours.
    isTerminal: false,
    err(said) {
      const kind = /^(?:warning|error)(?=: )/.exec(said)?.[0]
      const text = said.slice(kind === undefined ? 0 : kind.length + 2).trim()
      if (text === '') return
      if (kind === 'error') log.error('program.message', { text })
      else if (kind === 'warning') log.warn('program.message', { text })
      else log.info('program.message', { text })
    },
  }
}

/** Replaces the banner. */
export const reportListening = (format: JsonFormat, fields: LogFields, io: Pick<Io, 'err'>): void =>
  jsonLog(format, io).info('program.listening', fields)

/** The JSON format that a flag or a variable selects, if any; used before the configuration is read. */
export const wantedJson = (flags: Flags, { machine }: Io): JsonFormat | undefined =>
  jsonFormatOf(flags['log-format'] ?? machine.environment['NEXUS_LOG_FORMAT'])
