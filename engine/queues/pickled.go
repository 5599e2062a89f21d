package queues

import "context"

// Workers of a pool read and write items as they lie in the pipe, so that one
// that cannot be unpickled can be answered.

// GetPickled is Get for who unpickles the item himself.
func (q *SimpleQueue) GetPickled(ctx context.Context) ([]byte, error) {
	return q.in.get(ctx, func() {})
}

// PutPickled is Put for an item that is pickled.
func (q *SimpleQueue) PutPickled(ctx context.Context, item []byte) error {
	return q.out.write(ctx, [][]byte{item})
}

// CloseReader ends getting in this process: putting fails once all have.
func (q *SimpleQueue) CloseReader() { q.in.close() }

// CloseWriter ends putting in this process: getting ends once all have.
func (q *SimpleQueue) CloseWriter() { q.out.close() }

// GetPickled is Get for who unpickles the item himself.
func (q *Queue) GetPickled(ctx context.Context) ([]byte, error) {
	return q.in.get(ctx, q.taken)
}

// CloseWriter ends putting in this process.
func (q *Queue) CloseWriter() { q.out.close() }
