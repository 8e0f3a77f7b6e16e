// A verifier made of Go's x/mod alone (sumdb/note, sumdb/tlog): judge KIND FOLDER.
//
// Exit 0: it holds; 1: it does not, and why; 2: this program could not do its work. It has no code of Comity's.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const cosignatureType = 4

// cosigner verifies C2SP cosignatures of type 4, for which x/mod has the note's frame and not the algorithm.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }

func (c cosigner) Verify(body, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, body)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}

func newCosigner(vkey string) (cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return cosigner{}, errors.New("not a vkey: " + vkey)
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize || material[0] != cosignatureType {
		return cosigner{}, errors.New("not the vkey of a cosigner: " + vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	id := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return cosigner{}, errors.New("not the id of its key: " + vkey)
	}
	return cosigner{parts[0], id, material[1:]}, nil
}

// given reads the files of one folder; what is missing is no verdict, so it ends the program.
type given string

func (g given) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(string(g), name))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return data
}

func (g given) logKey() note.Verifier {
	key, err := note.NewVerifier(strings.TrimSpace(string(g.read("log.vkey"))))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return key
}

// open checks a note's signatures by known keys and reads its three lines.
func open(data []byte, known ...note.Verifier) (*note.Note, tlog.Tree, error) {
	signed, err := note.Open(data, note.VerifierList(known...))
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != known[0].Name() {
		return nil, tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	return signed, tlog.Tree{N: size, Hash: root}, nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func checkpoint(from given) error {
	_, _, err := open(from.read("checkpoint"), from.logKey())
	return err
}

func cosignatures(from given) error {
	known := []note.Verifier{from.logKey()}
	for _, vkey := range strings.Fields(string(from.read("witnesses.vkeys"))) {
		key, err := newCosigner(vkey)
		if err != nil {
			return err
		}
		known = append(known, key)
	}
	signed, _, err := open(from.read("checkpoint"), known...)
	if err != nil {
		return err
	}
	if len(signed.Sigs) != len(known) {
		return fmt.Errorf("%d of %d keys have signed", len(signed.Sigs), len(known))
	}
	return nil
}

// body parts the lines before the empty one from the note after it.
func body(data []byte) ([]string, []byte, error) {
	head, rest, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		return nil, nil, errors.New("no empty line")
	}
	return strings.Split(string(head), "\n"), rest, nil
}

func inclusion(from given) error {
	lines, rest, err := body(from.read("statement.tlog-proof"))
	if err != nil {
		return err
	}
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	_, tree, err := open(rest, from.logKey())
	if err != nil {
		return err
	}
	path, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(from.read("statement.cose")))
}

func consistency(from given) error {
	lines, rest, err := body(from.read("consistency"))
	if err != nil {
		return err
	}
	_, older, err := open(from.read("older"), from.logKey())
	if err != nil {
		return err
	}
	if lines[0] != fmt.Sprintf("old %d", older.N) {
		return errors.New("not from the older head")
	}
	_, newer, err := open(rest, from.logKey())
	if err != nil {
		return err
	}
	path, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, newer.N, newer.Hash, older.N, older.Hash)
}

func main() {
	kinds := map[string]func(given) error{
		"checkpoint": checkpoint, "cosignatures": cosignatures, "inclusion": inclusion, "consistency": consistency,
	}
	if len(os.Args) != 3 || kinds[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "judge checkpoint|cosignatures|inclusion|consistency FOLDER")
		os.Exit(2)
	}
	if err := kinds[os.Args[1]](given(os.Args[2])); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("it holds")
}
