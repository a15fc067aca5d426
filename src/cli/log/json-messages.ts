import { createLogger, type LogFields } from '../../base/logger.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { createLogSink } from './log-sink.ts'

/** What a command says beside its log, as records, so that a program that reads JSON finds nothing else. */

const jsonLog = ({ err: write }: Pick<Io, 'err'>) =>
  createLogger('info', createLogSink({ format: 'json', file: undefined, color: false, write, now: () => new Date() }))

/** The same, with each message on standard error as a record. */
export const inJson = (io: Io): Io => {
  const log = jsonLog(io)
  return {
    ...io,
    // Nothing is laid out or coloured for a person.
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

/** In place of the lines that a person reads. */
export const reportListening = (fields: LogFields, io: Pick<Io, 'err'>): void =>
  jsonLog(io).info('program.listening', fields)

/** Before the configuration is read: a flag or a variable says so. */
export const isJsonWanted = (flags: Flags, { machine }: Io): boolean =>
  (flags['log-format'] ?? machine.environment['NEXUS_LOG_FORMAT']) === 'json'
