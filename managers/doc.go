// Package managers owns objects for other processes the way
// multiprocessing.managers does: a Server holds them, clients call their
// methods through proxies.
package managers
