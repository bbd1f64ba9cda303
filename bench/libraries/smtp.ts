import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { probeMessage } from '../../probes/message.ts';
import type { Target } from '../target.ts';

/** Sends one message with nodemailer; wall ms of its acceptance. The farewell is not waited for. */
export async function send(target: Target, token: string): Promise<number> {
  const { host, port, ca } = target.smtp;
  const connection = new SMTPConnection({
    host,
    port,
    secure: true,
    ...(ca === null ? {} : { tls: { ca } }),
  });
  const done = Promise.withResolvers<number>();
  connection.on('error', done.reject);
  connection.connect((refused) => {
    if (refused) return done.reject(refused);
    const { username, password, address } = target;
    connection.login({ user: username, pass: password }, (wrong) => {
      if (wrong) return done.reject(wrong);
      const message = probeMessage({ token, address, at: Date.now() });
      connection.send({ from: address, to: [address] }, message, (error) => {
        if (error) done.reject(error);
        else done.resolve(Date.now());
      });
    });
  });
  try {
    return await done.promise;
  } finally {
    connection.quit();
  }
}
