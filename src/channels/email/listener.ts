import { SMTPServer, type SMTPServerAddress, type SMTPServerSession } from 'smtp-server'

/** For whom mail is taken, and who keeps it. */
export interface Intake {
  /** Whether an address is of a desk of somebody here. */
  readonly isOurs: (address: string) => Promise<boolean>
  /** Keeps a mail for one of its recipients: it is durable when this returns. */
  readonly keep: (mail: { readonly raw: Buffer; readonly recipient: string; readonly sender: string }) => Promise<void>
}

export interface ListenerOptions {
  readonly host: string
  readonly port: number
  /** Bytes of one mail. */
  readonly mailBytes: number
  /** Told of what failed for no fault of the sender. */
  readonly log: (error: unknown) => void
}

/** A listener that runs. */
export interface Listener {
  readonly port: number
  /** Takes no further mail, and ends what is being taken. */
  stop(): Promise<void>
}

/** Recipients of one mail: as many as every server has to take (RFC 5321, 4.5.3.1.8). */
const MOST_RECIPIENTS = 100
const MOST_CLIENTS = 100
/** How long a client may be silent, and how long it gets when the server stops, in milliseconds. */
const SILENCE_MS = 60_000
const CLOSING_MS = 2_000

/** An answer of SMTP that refuses: with 4 for now, with 5 for good. */
class Refused extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

/**
 * Takes mail by SMTP from the operator's own server, which keeps spam and strangers away. Recipients are looked up when they
 * are named, so that the sender hears of a wrong one; what is answered 250 is kept.
 */
export async function listenForMail(
  intake: Intake,
  { host, port, mailBytes, log }: ListenerOptions,
): Promise<Listener> {
  const server = new SMTPServer({
    ...{ disabledCommands: ['AUTH', 'STARTTLS'], authOptional: true, size: mailBytes, maxClients: MOST_CLIENTS },
    ...{ socketTimeout: SILENCE_MS, closeTimeout: CLOSING_MS, disableReverseLookup: true, logger: false },
    banner: 'Polydesk',
    onRcptTo({ address }: SMTPServerAddress, session: SMTPServerSession, callback) {
      answer(callback, log, async () => {
        if (session.envelope.rcptTo.length >= MOST_RECIPIENTS) throw new Refused(452, 'Too many recipients')
        if (!(await intake.isOurs(address))) throw new Refused(550, 'No such mailbox here')
      })
    },
    onData(stream, session, callback) {
      const pieces: Buffer[] = []
      let length = 0
      stream.on('data', (piece: Buffer) => {
        length += piece.length
        // What is too long is read to its end, and not kept.
        if (length <= mailBytes) pieces.push(piece)
      })
      stream.on('error', (error) => callback(error))
      stream.on('end', () => {
        answer(callback, log, async () => {
          if (length > mailBytes || stream.sizeExceeded) throw new Refused(552, 'Message too large')
          const raw = Buffer.concat(pieces)
          const { mailFrom, rcptTo } = session.envelope
          const sender = mailFrom === false ? '' : mailFrom.address
          for (const { address } of rcptTo) await intake.keep({ raw, recipient: address, sender })
        })
      })
    },
  })
  server.on('error', log)
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, host, () => {
      server.server.off('error', reject)
      resolve()
    })
  })
  const bound = server.server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Answers when the work is done. What failed here is tried again by whoever sent it. */
function answer(
  callback: (error?: Error | null) => void,
  log: (error: unknown) => void,
  work: () => Promise<void>,
): void {
  work().then(
    () => callback(),
    (error: unknown) => {
      if (error instanceof Refused) return callback(error)
      log(error)
      callback(new Refused(451, 'Not now, try again'))
    },
  )
}
