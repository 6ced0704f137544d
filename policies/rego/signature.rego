# METADATA
# description: |
#  What a signing has to be proved with. Strict asks for everything every time (Annex 11 draft 13.3): the username and the password,
#  which are the two distinct components of 21 CFR 11.200(a)(1), and the code where the organization wants it. The session
#  rule asks for everything first, and then for what only the signer can give (21 CFR 11.200(a)(1)(i)).
package signature

full := ["username", "password", "totp"] if input.org.totp_required

else := ["username", "password"]

required := ["password"] if {
	input.org.signature_rule == "session"
	input.signed_in_session
}

else := full
