/** The client went away in the middle of its body. No one can receive an answer, and nothing is wrong with us. */
export class ClientGone extends Error {
  constructor() {
    super('The client went away in the middle of its body.');
    this.name = 'ClientGone';
  }
}
