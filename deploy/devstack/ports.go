// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

const loopback = "127.0.0.1"

func hostPort(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// claimPort returns port if it is free, or any free one for 0. A taken port is an error that names the flag.
func claimPort(port int, flag, server string) (int, error) {
	if port == 0 {
		return freePort()
	}
	if err := listenable(port); err != nil {
		return 0, fmt.Errorf("port %d, wanted for %s, is taken: choose another with %s N (%w)", port, server, flag, err)
	}
	return port, nil
}

// freePort picks a port at random below those that systems hand out to outgoing connections. A server that
// was killed must find its port free when it is started again.
func freePort() (int, error) {
	const lowest, highest, tries = 16000, 31999, 200
	for range tries {
		port := lowest + rand.IntN(highest-lowest+1)
		if listenable(port) == nil {
			return port, nil
		}
	}
	return 0, errors.New("find a free port: none between 16000 and 31999")
}

func listenable(port int) error {
	l, err := net.Listen("tcp", hostPort(port))
	if err != nil {
		return err
	}
	return l.Close()
}
