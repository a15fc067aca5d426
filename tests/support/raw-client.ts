import { connect } from 'node:net'

/** What arrives on a socket, for requests and ends that HTTP clients hide. */
interface RawAnswer {
  readonly status: number
  readonly head: string
  /** With its chunks' lengths. */
  readonly body: string
  /** The code of the error that ended the connection. */
  readonly error: string | undefined
}

/** Sends bytes, and resolves when the connection is over. `onData` gets everything that has arrived so far. */
const rawExchange = (url: string, bytes: string, onData: (received: string) => void): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let received = ''
    let error: string | undefined
    socket.on('data', (data) => {
      received += data.toString('latin1')
      onData(received)
    })
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code
    })
    socket.on('close', () => {
      const [head = '', ...rest] = received.split('\r\n\r\n')
      resolve({ status: Number(head.split(' ')[1] ?? 0), head, body: rest.join('\r\n\r\n'), error })
    })
  })

/** A request whose target is sent exactly as it is. The server closes the connection. */
export const rawRequest = (
  url: string,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
  onData: (received: string) => void = () => {},
): Promise<RawAnswer> => {
  const fields = Object.entries({ host: 'localhost', connection: 'close', ...headers })
  const length = body === '' ? [] : [['content-length', String(body.length)] as const]
  const head = [...fields, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return rawExchange(url, `${line} HTTP/1.1\r\n${head}\r\n${body}`, onData)
}

/** Sends a request whose body ends too early, because the client ends. */
export const brokenRequest = (
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const fields = Object.entries({ host: 'localhost', 'content-length': '100', ...headers })
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n{"a"`, () => socket.destroy())
    })
    socket.on('close', () => resolve())
  })
